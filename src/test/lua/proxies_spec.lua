-- Functions and tables as Java interfaces.

local Interfaces = java.import("io.github.lupa4j.spec.Interfaces")

describe("functions as interfaces", function()
  it("are what a parameter asks for", function()
    local l = java.util.ArrayList(java.util.List.of(3, 1, 2))
    l:sort(function(a, b) return a - b end)
    expect(tostring(l)):equals("[1, 2, 3]")
    l:removeIf(function(x) return x == 2 end)
    expect(tostring(l)):equals("[1, 3]")
    local sum = 0
    l:forEach(function(x) sum = sum + x end)
    expect(sum):equals(4)
    local m = java.util.HashMap()
    expect(m:computeIfAbsent("k", function(k) return k .. "!" end)):equals("k!")
  end)

  it("keep default methods", function()
    expect(Interfaces.useGreeter(function(name) return "hi " .. name end, "x")):equals("hi xhi x")
    local compare = java.proxy("java.util.Comparator", function(a, b) return a - b end)
    expect(compare:reversed():compare(1, 2)):equals(1)
    local chained = java.proxy("java.util.function.Function", function(x) return x + 1 end)
      :andThen(function(x) return x * 10 end)
    expect(chained:apply(1)):equals(20)
  end)

  it("are called directly", function()
    local f = java.proxy("java.util.function.BiFunction", function(a, b) return a .. b end)
    expect(f("a", 1)):equals("a1")
  end)

  it("give results of the type that the interface fixes", function()
    expect(Interfaces.useSizes(function(text) return #text end, "four")):equals(4)
    expect(java.proxy(Interfaces.Sizes, function() return 1 end):apply("x")):equals(1)
    expect(function() Interfaces.useSizes(function() return 1.5 end, "x") end):fails_with("the result of")
  end)

  it("may give several results, of which the first counts", function()
    local supplier = java.proxy("java.util.function.IntSupplier", function() return 7, 8 end)
    expect(supplier:getAsInt()):equals(7)
    local all = java.proxy("java.util.function.Supplier", function() return 7, nil, 9 end):get()
    expect(all:size()):equals(3)
    expect(all[3]):equals(9)
  end)

  it("stand for several interfaces at once", function()
    local p = java.proxy("java.lang.Runnable", "java.util.concurrent.Callable", function() return 5 end)
    p:run()
    expect(p:call()):equals(5)
    expect(java.instanceof(p, java.lang.Runnable)):is_true()
  end)

  it("cannot stand for methods of several names", function()
    expect(function() java.proxy(Interfaces.Shape, print) end):fails_with(
      "which has several methods (area, name); a table can")
    expect(function() java.proxy("java.util.ArrayList", print) end):fails_with("is not an interface")
    expect(function() java.proxy("java.lang.Override", print) end):fails_with("is not an interface")
    expect(function() java.proxy("no.such.Interface", print) end):fails_with("no class 'no.such.Interface'")
    expect(function() java.proxy(print) end):fails_with("bad argument #1 to 'proxy'")
    expect(function() java.proxy("java.lang.Runnable", 5) end):fails_with("bad argument #2 to 'proxy'")
    expect(function() java.proxy() end):fails_with("bad argument #1 to 'proxy'")
  end)
end)

describe("interfaces with type arguments", function()
  local Generics = java.import("io.github.lupa4j.spec.Generics")

  it("get results of these types from functions", function()
    local function one() return 1 end
    expect(Generics.real(one)):equals(1)
    expect(Generics.whole(one)):equals(1)
    expect(Generics.atMost(one)):equals(1)
    expect(Generics.all(one, one)):equals(2)
    expect(Generics.strings(function() return { "a", "b" } end)):equals(2)
    expect(Generics.lines(function(x) return { x, "y" } end)):equals("x|y")
    expect(Generics.unit(function() return "SECONDS" end)):equals("SECONDS")
    expect(Generics.twice(function(x) return x == 1 and 2 or 3 end)):equals(3)
    expect(Generics.sum(function() return { a = 1, bc = 2 } end)):equals(5)
    local ran = false
    Generics.task(function() return function() ran = true end end)
    expect(ran):is_true()
    expect(Generics.nested(function() return one end)):equals(1)
    expect(Generics.nothing(one)):is_nil()
  end)

  it("get them from tables, too", function()
    expect(Generics.real({ get = function() return 1 end })):equals(1)
    local pair = { first = function() return 1 end, rest = function() return { 2 } end }
    expect(Generics.pair(pair)):equals("1 2.0")
    expect(java.proxy(Generics.Pair, pair):swapped(pair)):equals("1 [2]")
  end)

  it("refuse what is of another type", function()
    expect(function() Generics.whole(function() return 1.5 end) end):fails_with("the result of java.util.function.Supplier.get")
    expect(function() Generics.unit(function() return "NEVER" end) end):fails_with("java.util.concurrent.TimeUnit")
  end)

  it("leave results as they are where nothing is known", function()
    expect(Generics.anything(function() return 1 end)):is(java.lang.Integer)
  end)
end)

describe("tables as interfaces", function()
  it("get themselves as self", function()
    local square = { side = 3 }
    function square:area() return self.side ^ 2 end
    function square:name() return "square" end
    expect(Interfaces.useShape(square)):equals("square of 9.0")
    square.side = 4
    local p = java.proxy(Interfaces.Shape, square)
    expect(p:describe()):equals("square of 16.0")
  end)

  it("replace default methods that they have", function()
    local p = java.proxy(Interfaces.Shape, { describe = function() return "own" end })
    expect(p:describe()):equals("own")
  end)

  it("say what they miss, when it is asked for", function()
    local p = java.proxy(Interfaces.Shape, { name = function() return "nameless" end })
    expect(p:name()):equals("nameless")
    local err = expect(function() p:area() end):fails_with("the table has no function 'area'")
    expect(java.instanceof(err, "java.lang.UnsupportedOperationException")):is_true()
    expect(function() p:describe() end):fails_with("no function 'area'")
  end)

  it("look functions up anew each time, metatables included", function()
    local t = setmetatable({}, { __index = { name = function() return "inherited" end } })
    local p = java.proxy(Interfaces.Shape, t)
    expect(p:name()):equals("inherited")
    t.name = function() return "own" end
    expect(p:name()):equals("own")
  end)

  it("convert results to every type", function()
    local p = {
      anInt = function() return 1 end,
      aLong = function() return 2 ^ 40 end,
      aDouble = function() return 3 end,
      aFloat = function() return 0.5 end,
      aByte = function() return -128 end,
      aShort = function() return 5 end,
      aChar = function() return "c" end,
      aBoolean = function() return true end,
      aString = function() return "s" end,
      anInteger = function() return nil end,
      aList = function() return java.util.List.of("x") end,
      nothing = function() return "ignored" end,
    }
    local results = Interfaces.useResults(p)
    expect(java.totable(results)):looks_like({ 1, 2 ^ 40, 3, 0.5, -128, 5, "c", true, "s", nil, results:get(10) })
    expect(results:get(10):get(0)):equals("x")
    for name, wrong in pairs({ anInt = 1.5, aByte = 128, aChar = "long", aBoolean = "x", aDouble = "no" }) do
      local broken = java.proxy(Interfaces.Results, { [name] = function() return wrong end })
      expect(function() broken[name](broken) end):fails_with("the result of io.github.lupa4j.spec.Interfaces$Results." .. name)
    end
    local empty = java.proxy(Interfaces.Results, { anInt = function() end })
    expect(function() empty:anInt() end):fails_with("nil cannot be converted to int")
  end)

  it("spread variable arguments", function()
    local join = function(_, separator, ...)
      local parts = { ... }
      for i = 1, select("#", ...) do parts[i] = tostring(parts[i]) end
      return table.concat(parts, separator)
    end
    expect(Interfaces.useVaried({ join = join })):equals("a-1-nil")
    expect(Interfaces.useVaried(function(...) return join(nil, ...) end)):equals("a-1-nil")
  end)

  it("need no functions for methods of Object, but may have them", function()
    local t = { compare = function() return 0 end }
    local p, q = java.proxy("java.util.Comparator", t), java.proxy("java.util.Comparator", t)
    expect(p == q):is_true()
    expect(p:hashCode()):equals(q:hashCode())
    expect(p == java.proxy("java.util.Comparator", {})):is_false()
    expect(p:equals("x")):is_false()
    expect(tostring(p)):matches("^java.util.Comparator by table: 0x")
    function t:toString() return "mine" end
    function t:hashCode() return 42 end
    function t:equals(other) return other == "x" end
    expect(tostring(p)):equals("mine")
    expect(p:hashCode()):equals(42)
    expect(p:equals("x")):is_true()
  end)
end)

describe("proxies", function()
  it("of one function are equal, so that listeners can be taken away again", function()
    local listeners = java.util.ArrayList()
    local function listener() end
    local Runnable = java.lang.Runnable
    listeners:add(java.proxy(Runnable, listener))
    expect(listeners:contains(java.proxy(Runnable, listener))):is_true()
    expect(listeners:contains(java.proxy(Runnable, print))):is_false()
    expect(listeners:contains(java.proxy("java.util.concurrent.Callable", listener))):is_false()
    expect(listeners:remove(java.proxy(Runnable, listener))):is_true()
    local set = java.util.HashSet()
    set:add(java.proxy(Runnable, listener))
    set:add(java.proxy(Runnable, listener))
    expect(set:size()):equals(1)
  end)

  it("pass errors on: what Java threw as itself, Lua's as LuaException", function()
    local function read(f) return Interfaces.useReading(f, "name") end
    expect(read(function(name) return name:upper() end)):equals("read NAME")
    expect(read(function() Interfaces.throwChecked("disk") end)):equals("failed: disk")
    local thrown = java.lang.IllegalStateException("state")
    local ok, err = pcall(read, function() java.throw(thrown) end)
    expect(ok):is_false()
    expect(err):is(thrown)
    local value = {}
    ok, err = pcall(read, function() error(value) end)
    expect(err):is(value)
    expect(function() read(function() error("plain") end) end):fails_with("proxies_spec.lua")
    local undeclared = java.lang.Exception("undeclared")
    ok, err = pcall(read, function() java.throw(undeclared) end)
    expect(java.caught(err)):is(undeclared)
  end)

  it("are created and dropped without leaving anything", function()
    local Runnable = java.lang.Runnable
    for _ = 1, 20000 do
      java.proxy(Runnable, function() end):run()
    end
    collectgarbage()
    expect(collectgarbage("count") < 50000):is_true()
  end)
end)
