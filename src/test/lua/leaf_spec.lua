-- Leaf functions: methods of Java that compiled loops call without leaving them.
local Leaves = java.import("io.github.lupa4j.spec.Leaves")
local o = Leaves()

-- Calls it often enough for a compiled loop.
local function often(f, ...)
  local result
  for _ = 1, 300 do result = f(...) end
  return result
end

describe("a leaf function", function()
  it("gives what the method gives", function()
    expect(often(java.leaf(o.ofInt), 7)):equals(7)
    expect(often(java.leaf(o.ofInt), -2147483648)):equals(-2147483648)
    expect(often(java.leaf(o.ofLong), 2 ^ 52)):equals(2 ^ 52 + 1)
    expect(often(java.leaf(o.ofDouble), 0.1)):equals(0.1)
    expect(often(java.leaf(o.ofDouble), -math.huge)):equals(-math.huge)
    expect(often(java.leaf(o["not"]), true)):is(false)
    expect(often(java.leaf(o["not"]), false)):is(true)
    expect(often(java.leaf(o.nullText))):is_nil()
    expect(often(java.leaf(o.letter), 2)):equals("c")
    expect(often(java.leaf(o.half), 3)):equals(1.5)
    expect(often(java.leaf(o.largest))):equals(9223372036854775807LL)
    local nan = often(java.leaf(o.ofDouble), 0 / 0)
    expect(nan ~= nan):is_true()
    expect(1 / often(java.leaf(o.ofDouble), -0.0)):equals(-math.huge)
  end)

  it("passes strings of every kind", function()
    local echo = java.leaf(o.echo)
    for _, text in ipairs({ "", "x", "12345678901234567890", "nul\0inside", "grüße", "日本語", "😀", ("ab"):rep(1300),
      ("long "):rep(100000) }) do
      expect(often(echo, text) == text):is_true()
    end
    local seen = {}
    for i = 1, 500 do seen[i] = echo("text " .. i) end
    for i = 1, 500 do if seen[i] ~= "text " .. i then expect(seen[i]):equals("text " .. i) end end
    expect(#often(java.leaf(o.repeated), "ä", 5000)):equals(10000)
  end)

  it("takes several arguments of different kinds", function()
    expect(often(java.leaf(o.join), "a", 5, true, "ö")):equals("a|5|true|ö")
    expect(often(java.leaf(o.join), ("x"):rep(2000), 5, false, ("y"):rep(2000))):equals(
      ("x"):rep(2000) .. "|5|false|" .. ("y"):rep(2000))
  end)

  it("is made of lambdas, bound, static and chosen methods", function()
    expect(often(java.leaf(java.method(java.lang.Math, "max", "double,double")), 1.5, 2.5)):equals(2.5)
    expect(often(java.leaf(java.lang.Math.sqrt), 16)):equals(4)
    expect(often(java.leaf(java.proxy("java.util.function.IntUnaryOperator", function(n) return n end)) and
      java.leaf(Leaves.twice), 4)):equals(8)
    expect(often(java.leaf(java.method(o, "overloaded", "int")), 4)):equals(4)
  end)

  it("is the same function for the same method", function()
    local method = o.ofInt
    expect(java.leaf(method)):is(java.leaf(method))
    expect(java.leaf(o.ofInt)):is(java.leaf(o.ofInt))
    expect(rawequal(java.leaf(o.ofInt), java.leaf(Leaves().ofInt))):is_false()
    expect(rawequal(java.leaf(o.ofInt), java.leaf(o.ofLong))):is_false()
  end)

  it("takes what the method takes, too, and refuses what it refuses", function()
    local of_int, of_double = java.leaf(o.ofInt), java.leaf(o.ofDouble)
    expect(often(of_double, 5LL)):equals(5)
    expect(often(of_int, o, 5)):equals(5)
    for _, wrong in ipairs({ 1.5, 2 ^ 40, "x", {}, true, print }) do
      local plain = select(2, pcall(o.ofInt, wrong))
      local leaf
      for _ = 1, 100 do leaf = select(2, pcall(of_int, wrong)) end
      expect(tostring(leaf)):equals(tostring(plain))
    end
    expect(function() of_int() end):fails_with("ofInt")
    expect(function() of_int(nil) end):fails_with("ofInt")
    expect(function() of_int(1, 2) end):fails_with("ofInt")
    expect(function() of_int(1, nil) end):fails_with("ofInt")
  end)

  it("throws what the method throws, as often as it does, with the position of the script", function()
    local fail = java.leaf(o.fail)
    for i = 1, 200 do
      local ok, e = pcall(fail, i)
      if ok or java.caught(e):getMessage() ~= "failed " .. i then expect(tostring(e)):equals("failed " .. i) end
    end
    local fails_at = java.leaf(o.failsAt)
    local count = 0
    local ok, e = pcall(function()
      for i = 1, 1000 do count = count + fails_at(i, 700) * 0 + 1 end
    end)
    expect(ok):is_false()
    expect(count):equals(699)
    expect(java.caught(e):getMessage()):equals("at 700")
    expect(select(2, pcall(java.leaf(o.endless), 1))):matches("overflow")
    expect(often(java.leaf(o.ofInt), 3)):equals(3)
  end)

  it("works in coroutines, sorting, patterns, metamethods and hooks", function()
    local of_int, not_, echo = java.leaf(o.ofInt), java.leaf(o["not"]), java.leaf(o.echo)
    local sum = 0
    for v in coroutine.wrap(function() for i = 1, 300 do coroutine.yield(of_int(i)) end end) do sum = sum + v end
    expect(sum):equals(45150)
    local t = {}
    for i = 1, 200 do t[i] = (i * 7919) % 211 end
    table.sort(t, function(a, b) return not_(of_int(a) >= of_int(b)) end)
    for i = 2, 200 do if t[i - 1] > t[i] then expect(t[i]):equals("sorted") end end
    expect((("a"):rep(300):gsub("a", function(c) return echo(c .. "b") end))):equals(("ab"):rep(300))
    local p = setmetatable({}, { __index = function(_, k) return of_int(k) * 2 end })
    for i = 1, 300 do sum = sum + p[i] end
    expect(sum):equals(45150 * 3)
    local calls = 0
    debug.sethook(function() calls = calls + of_int(1) end, "", 100)
    for i = 1, 1000 do local _ = tostring(i) end
    debug.sethook()
    expect(calls > 10):is_true()
  end)

  it("gives new strings in protected calls and coroutines", function()
    local repeated = java.leaf(o.repeated)
    for k = 1, 3000 do
      xpcall(function()
        for i = 3, 1, -1 do
          local text = repeated("q" .. k, i)
          if #text ~= i * #("q" .. k) then expect(text):equals("q" .. k) end
        end
      end, print)
    end
    for i = 1, 300 do repeated("k" .. i, 1) end
    local co = coroutine.create(function()
      for i = 1, 300 do repeated("k" .. i, 2) end
      error("e", 0)
    end)
    expect(function() return coroutine.resume(co) end):gives(false, "e")
    for text in coroutine.wrap(function() for i = 1, 300 do coroutine.yield(repeated("y" .. i, 2)) end end) do
      if #text < 4 then expect(text):equals("longer") end
    end
  end)

  it("is not disturbed by finalizers and hooks that call Java", function()
    local of_int, repeated, echo = java.leaf(o.ofInt), java.leaf(o.repeated), java.leaf(o.echo)
    local finalizers = {
      function() of_int(-5) end,
      function() repeated("fin", 50) end,
      function() return o.repeated("ordinary", 40) end,
      function() repeated("fin", 5000) end,
    }
    local ffi = require("ffi")
    for _, finalizer in ipairs(finalizers) do
      for round = 1, 2 do
        if round == 2 then jit.off() end
        for i = 1, 3000 do
          local p = newproxy(true)
          getmetatable(p).__gc = finalizer
          ffi.gc(ffi.new("int[4]"), finalizer)
          local n, text, same = of_int(i), repeated("a", i % 50), echo("text " .. i)
          if n ~= i or text ~= ("a"):rep(i % 50) or same ~= "text " .. i then expect(text .. n .. same):equals(i) end
        end
        jit.on()
      end
      debug.sethook(finalizer, "", 1)
      for i = 1, 300 do
        local n, text = of_int(i), repeated("a", i % 50)
        if n ~= i or text ~= ("a"):rep(i % 50) then
          debug.sethook()
          expect(text .. n):equals(i)
        end
      end
      expect(debug.gethook()):is(finalizer)
      debug.sethook()
    end
  end)

  it("is a leaf function already", function()
    local leaf = java.leaf(o.ofInt)
    expect(java.leaf(leaf)):is(leaf)
  end)

  it("lets loops over Java's collections go on with what they hold", function()
    local list = java.util.ArrayList()
    for i = 1, 1000 do list:add(i) end
    local of_int = java.leaf(o.ofInt)
    local sum = 0
    for _, v in ipairs(list) do sum = sum + of_int(v) end
    expect(sum):equals(500500)
    local cut = java.leaf(java.method(list, "remove", "int") and java.method(o, "ofInt", "int"))
    sum = 0
    for i, v in ipairs(list) do
      sum = sum + cut(v)
      if i == 500 then list:subList(500, 1000):clear() end
    end
    expect(sum):equals(125250)
  end)

  it("is not made of what does not fit", function()
    expect(function() java.leaf() end):fails_with("bad argument #1 to 'leaf'")
    expect(function() java.leaf(5) end):fails_with("got number")
    expect(function() java.leaf(print) end):fails_with("a Java method or function expected")
    expect(function() java.leaf(o) end):fails_with("Leaves")
    expect(function() java.leaf(Leaves) end):fails_with("leaf function")
    expect(function() java.leaf(o.overloaded) end):fails_with("choose one with java.method")
    expect(function() java.leaf(o.takesObject) end):fails_with("java.lang.Object")
    expect(function() java.leaf(o.object) end):fails_with("object(int)")
    expect(function() java.leaf(o.sum) end):fails_with("int")
    expect(function() java.leaf(java.tolong) end):fails_with("any arguments")
  end)

  it("is collected when nothing holds it", function()
    local weak = setmetatable({}, { __mode = "v" })
    for i = 1, 10 do weak[i] = java.leaf(Leaves().ofInt) end
    collectgarbage() collectgarbage()
    expect(next(weak)):is_nil()
  end)
end)

describe("an annotated method", function()
  it("is a leaf function by itself", function()
    local object = Leaves()
    local sum = 0
    for i = 1, 500 do sum = sum + object:plus(i) end
    expect(sum):equals(125750)
    expect(object.calls):equals(500)
    expect(object.plus(1)):equals(2)
    expect(object.plus(object, 1)):equals(2)
    for i = 1, 300 do sum = sum + Leaves.twice(i) + Leaves:twice(i) end
    expect(sum):equals(125750 + 4 * 45150)
  end)

  it("is called on the object that is meant", function()
    local a, b = Leaves(), Leaves()
    for i = 1, 300 do
      a:plus(i)
      if i % 3 == 0 then b:plus(i) end
    end
    expect(a.calls):equals(300)
    expect(b.calls):equals(100)
    local f = a.plus
    for i = 1, 200 do f(a, i) f(i) end
    expect(a.calls):equals(700)
    expect(function() f(b, 1) end):fails_with("plus")
    expect(function() for _ = 1, 100 do a:plus("x") end end):fails_with("plus")
  end)

  it("is an ordinary one if it is overloaded", function()
    for i = 1, 200 do expect(o:overloaded(i)):equals(i) end
    expect(o:overloaded("x")):equals("x")
  end)

  it("is refused if it does not fit", function()
    expect(function() o:takesObject(1) end):fails_with("java.lang.Object")
  end)
end)
