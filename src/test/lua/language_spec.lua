-- The language: Lua 5.1, what LuaJIT adds, and the parts of 5.2 that it is built with.

local function load_text(text, ...) return assert(loadstring(text, ...)) end

describe("values", function()
  it("have eight types and cdata", function()
    expect(type(nil)):equals("nil")
    expect(type(true)):equals("boolean")
    expect(type(1)):equals("number")
    expect(type("")):equals("string")
    expect(type({})):equals("table")
    expect(type(print)):equals("function")
    expect(type(coroutine.create(print))):equals("thread")
    expect(type(io.stdout)):equals("userdata")
    expect(type(1LL)):equals("cdata")
  end)

  it("convert between numbers and strings", function()
    expect("10" + 5):equals(15)
    expect("0x10" * 1):equals(16)
    expect(10 .. ""):equals("10")
    expect(tostring(1e15)):equals("1e+15")
    expect(tostring(2 ^ 53)):equals("9.007199254741e+15")
    expect(tonumber("  12  ")):equals(12)
    expect(tonumber("1e1")):equals(10)
    expect(tonumber("z", 36)):equals(35)
    expect(tonumber("12x")):is_nil()
    expect(tonumber("")):is_nil()
    expect(10 == "10"):is_false()
  end)

  it("are true unless nil or false", function()
    local count = 0
    for _, value in ipairs({ 0, "", {}, "false" }) do
      if value then count = count + 1 end
    end
    expect(count):equals(4)
    expect(nil or "x"):equals("x")
    expect(false and error("evaluated")):is_false()
    expect(nil == false):is_false()
  end)

  it("print special numbers", function()
    expect(tostring(1 / 0)):equals("inf")
    expect(tostring(-1 / 0)):equals("-inf")
    expect(tostring(0 / 0)):matches("nan")
    expect(0 / 0 == 0 / 0):is_false()
    expect(1 / -0):equals(-1 / 0)
  end)
end)

describe("operators", function()
  it("bind as the manual says", function()
    expect(2 + 3 * 4 ^ 2 / 2):equals(26)
    expect(-2 ^ 2):equals(-4)
    expect(2 ^ 3 ^ 2):equals(512)
    expect(not nil == true):is_true()
    expect(1 .. 2 .. 3):equals("123")
    expect("a" .. 1 + 2):equals("a3")
    expect(1 < 2 == true):is_true()
  end)

  it("floor in modulo", function()
    expect(5 % 3):equals(2)
    expect(-5 % 3):equals(1)
    expect(5 % -3):equals(-1)
    expect(5.5 % 2):equals(1.5)
  end)

  it("compare strings and numbers, never both", function()
    expect("a" < "b"):is_true()
    expect("Z" < "a"):is_true()
    expect("a\0b" < "a\0c"):is_true()
    expect(function() return 1 < "2" end):fails_with("attempt to compare number with string")
    expect(function() return {} < {} end):fails_with("attempt to compare two table values")
  end)

  it("count with #", function()
    expect(#"a\0b"):equals(3)
    expect(#{ 1, 2, 3 }):equals(3)
    expect(#{ n = 1 }):equals(0)
  end)
end)

describe("assignment and scope", function()
  it("evaluates all expressions first", function()
    local a, b = 1, 2
    a, b = b, a
    expect(a):equals(2)
    expect(b):equals(1)
    local t, i = {}, 1
    i, t[i] = i + 1, "x"
    expect(t):looks_like({ "x" })
    local x, y, z = (function() return 1, 2 end)()
    expect(z):is_nil()
    expect(x + y):equals(3)
  end)

  it("is lexical, one variable per iteration", function()
    local functions = {}
    for i = 1, 3 do functions[i] = function() i = i + 10 return i end end
    expect(functions[1]()):equals(11)
    expect(functions[1]()):equals(21)
    expect(functions[2]()):equals(12)
    local x = 1
    do
      local x = x + 1
      expect(x):equals(2)
    end
    expect(x):equals(1)
  end)

  it("recurses through local functions", function()
    local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
    expect(fib(20)):equals(6765)
  end)
end)

describe("control", function()
  it("loops", function()
    local log = {}
    for i = 10, 1, -4 do log[#log + 1] = i end
    for _ = 1, 0 do log[#log + 1] = "never" end
    local i = 0
    while true do
      i = i + 1
      if i > 2 then break end
      log[#log + 1] = i
    end
    repeat
      local done = i > 5
      i = i + 1
    until done
    log[#log + 1] = i
    expect(log):looks_like({ 10, 6, 2, 1, 2, 7 })
  end)

  it("has goto, with continue as its main use", function()
    local odd = {}
    for i = 1, 6 do
      if i % 2 == 0 then goto continue end
      odd[#odd + 1] = i
      ::continue::
    end
    expect(odd):looks_like({ 1, 3, 5 })
    local n = 0
    ::again::
    n = n + 1
    if n < 5 then goto again end
    expect(n):equals(5)
    local _, err = loadstring("goto nowhere")
    expect(err):contains("undefined label 'nowhere'")
  end)

  it("fails for a step of zero or a limit that is no number", function()
    expect(function() for _ = 1, {} do end end):fails_with("'for' limit must be a number")
  end)

  it("walks with any iterator", function()
    local function range(n)
      return function(limit, i)
        if i < limit then return i + 1, i * i end
      end, n, 0
    end
    local sum = 0
    for i, square in range(4) do sum = sum + i * square end
    expect(sum):equals(1 * 0 + 2 * 1 + 3 * 4 + 4 * 9)
  end)
end)

describe("functions", function()
  it("take and give any number of values", function()
    local function count(...) return select("#", ...) end
    expect(count()):equals(0)
    expect(count(nil, nil)):equals(2)
    expect(count(unpack({ 1, 2, 3 }))):equals(3)
    expect(select(-1, "a", "b")):equals("b")
    expect(function() return select(2, "a", "b", "c") end):gives("b", "c")
    expect((select("#", (count(1, 2))))):equals(1)
    expect(count(count(), count())):equals(2)
    expect({ count(1), (count(1, 2)), n = count() }):looks_like({ 1, 2, n = 0 })
  end)

  it("have proper tail calls", function()
    local function down(n)
      if n == 0 then return "bottom" end
      return down(n - 1)
    end
    expect(down(200000)):equals("bottom")
  end)

  it("end in an error when they recurse for ever", function()
    local function f() return 1 + f() end
    expect(f):fails_with("stack overflow")
  end)

  it("are called with methods' self", function()
    local account = { balance = 1 }
    function account:add(n) self.balance = self.balance + n return self end
    expect(account:add(2):add(3).balance):equals(6)
    expect(("x"):rep(3)):equals("xxx")
  end)

  it("can be called without brackets", function()
    local function id(x) return x end
    expect(id "text"):equals("text")
    expect(id { 1 }[1]):equals(1)
    expect(id [[long]]):equals("long")
  end)
end)

describe("literals", function()
  it("of strings know the escapes", function()
    expect("\65\066\x43\z
            D"):equals("ABCD")
    expect("\u{48}\u{20AC}"):equals("H€")
    expect("a\
b"):equals("a\nb")
    expect([==[
]]x]==]):equals("]]x")
    expect(#"\0\n\t\\\""):equals(5)
  end)

  it("of numbers come in all forms", function()
    expect(0xFF):equals(255)
    expect(0x.8p1):equals(1)
    expect(0b101):equals(5)
    expect(3e-2):equals(0.03)
    expect(.5):equals(0.5)
    expect(tostring(42LL)):equals("42LL")
    expect(tostring(-1ULL)):equals("18446744073709551615ULL")
    expect(tostring(12i)):equals("0+12i")
  end)

  it("of tables mix all kinds of fields", function()
    local t = { 10, 20, x = 1, ["a b"] = 2, [30] = 3, 30; 40 }
    expect(#t):equals(4)
    expect(t[3]):equals(30)
    expect(t["a b"] + t.x + t[30]):equals(6)
  end)

  it("ignore comments", function()
    local x = 1 -- one
    --[[ two
    lines ]]
    --[==[ ]] ]==]
    expect(x):equals(1)
  end)
end)

describe("metatables", function()
  it("give operators", function()
    local V = {}
    V.__index = V
    local function v(x) return setmetatable({ x = x }, V) end
    V.__add = function(a, b) return v((a.x or a) + (type(b) == "number" and b or b.x)) end
    V.__unm = function(a) return v(-a.x) end
    V.__eq = function(a, b) return a.x == b.x end
    V.__lt = function(a, b) return a.x < b.x end
    V.__le = function(a, b) return a.x <= b.x end
    V.__concat = function(a, b) return tostring(a) .. "&" .. tostring(b) end
    V.__tostring = function(a) return "<" .. a.x .. ">" end
    V.__call = function(self, y) return self.x + y end
    V.__len = function(self) return self.x end
    expect((v(1) + v(2)).x):equals(3)
    expect((v(1) + 2).x):equals(3)
    expect((-v(1)).x):equals(-1)
    expect(v(1) == v(1)):is_true()
    expect(v(1) < v(2)):is_true()
    expect(v(2) >= v(2)):is_true()
    expect(v(1) .. v(2)):equals("<1>&<2>")
    expect(v(1) .. "x"):equals("<1>&x")
    expect(v(1)(5)):equals(6)
    expect(#v(7)):equals(7)
    expect(tostring(v(1))):equals("<1>")
  end)

  it("give and take fields", function()
    local log = {}
    local t = setmetatable({}, {
      __index = function(_, k) return k .. "!" end,
      __newindex = function(self, k, value) log[k] = value rawset(self, k, value) end,
    })
    expect(t.x):equals("x!")
    t.y = 1
    t.y = 2
    expect(log):looks_like({ y = 1 })
    expect(rawget(t, "x")):is_nil()
    local child = setmetatable({}, { __index = setmetatable({}, { __index = { deep = "found" } }) })
    expect(child.deep):equals("found")
  end)

  it("decide how pairs and ipairs walk", function()
    local t = setmetatable({}, {
      __pairs = function() return function(_, k) if not k then return 1, "one" end end, nil, nil end,
      __ipairs = function() return function(_, i) if i < 2 then return i + 1, i end end, nil, 0 end,
    })
    local seen = {}
    for k, value in pairs(t) do seen[k] = value end
    expect(seen):looks_like({ "one" })
    seen = {}
    for i, value in ipairs(t) do seen[i] = value end
    expect(seen):looks_like({ 0, 1 })
  end)

  it("can be hidden", function()
    local t = setmetatable({}, { __metatable = "locked" })
    expect(getmetatable(t)):equals("locked")
    expect(function() setmetatable(t, {}) end):fails_with("cannot change a protected metatable")
  end)

  it("make weak tables", function()
    local weak = setmetatable({}, { __mode = "k" })
    weak[{}] = 1
    local kept = {}
    weak[kept] = 2
    collectgarbage()
    collectgarbage()
    local count = 0
    for _ in pairs(weak) do count = count + 1 end
    expect(count):equals(1)
    expect(weak[kept]):equals(2)
  end)

  it("finalize userdata and cdata", function()
    local done = false
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = function() done = true end
    proxy = nil
    collectgarbage()
    collectgarbage()
    expect(done):is_true()
  end)
end)

describe("errors", function()
  it("carry any value", function()
    local value = { code = 7 }
    local ok, err = pcall(error, value)
    expect(ok):is_false()
    expect(err):is(value)
    expect(select(2, pcall(error))):is_nil()
    expect(select(2, pcall(error, "plain", 0))):equals("plain")
  end)

  it("tell where they happened", function()
    local f = load_text("local x = nil\n\nreturn x.y", "@dir/name.lua")
    expect(f):fails_with("dir/name.lua:3: attempt to index local 'x' (a nil value)")
    local g = load_text("\nerror('here')", "=label")
    expect(g):fails_with("label:2: here")
    local h = load_text("local function f() error('above', 2) end\n\nf()", "=label")
    expect(h):fails_with("label:3: above")
    local text = load_text("return nowhere.x", "return nowhere.x")
    expect(text):fails_with('[string "return nowhere.x"]:1: attempt to index global \'nowhere\' (a nil value)')
  end)

  it("say what was wrong", function()
    expect(function() local t = {} t.x.y = 1 end):fails_with("attempt to index field 'x' (a nil value)")
    expect(function() local s = "x" s() end):fails_with("attempt to call local 's' (a string value)")
    expect(function() return 1 + {} end):fails_with("attempt to perform arithmetic on a table value")
    expect(function() return "a" .. nil end):fails_with("attempt to concatenate a nil value")
    expect(function() return #nil end):fails_with("attempt to get length of a nil value")
    expect(function() ("x"):rep({}) end):fails_with("bad argument #1 to 'rep' (number expected, got table)")
    expect(function() local t = {} t[nil] = 1 end):fails_with("index is nil")
    expect(function() local t = {} t[0 / 0] = 1 end):fails_with("index is NaN")
    expect(function() setmetatable(1, {}) end):fails_with("table expected, got number")
  end)

  it("go through handlers", function()
    local ok, trace = xpcall(function() error("x") end, debug.traceback)
    expect(ok):is_false()
    expect(trace):contains("stack traceback:")
    expect(trace):contains("language_spec.lua")
    local _, again = xpcall(error, function(e) return "<" .. e .. ">" end, "arg")
    expect(again):equals("<arg>")
    expect(function() return xpcall(function(...) return ... end, print, 1, nil, 3) end):gives(true, 1, nil, 3)
  end)

  it("nest", function()
    local ok, err = pcall(pcall, error, "inner")
    expect(ok):is_true()
    expect(err):is_false()
    local _, message = pcall(function()
      local _, inner = pcall(error, "a", 0)
      error(inner .. "b", 0)
    end)
    expect(message):equals("ab")
  end)

  it("come of assert", function()
    expect(function() return assert(1, "unused", 3) end):gives(1, "unused", 3)
    expect(function() assert(false) end):fails_with("assertion failed!")
    expect(function() assert(nil, "told") end):fails_with("told")
  end)
end)

describe("chunks", function()
  it("come from strings and functions", function()
    expect(load_text("return ...")(5)):equals(5)
    local parts = { "return ", "1 ", "+ 2", nil }
    local i = 0
    expect(load(function() i = i + 1 return parts[i] end)()):equals(3)
    expect(load("return x", "=chunk", "t", { x = 9 })()):equals(9)
  end)

  it("do not compile when they are wrong", function()
    local f, err = loadstring("x = = 1", "=chunk")
    expect(f):is_nil()
    expect(err):equals("chunk:1: unexpected symbol near '='")
    expect(select(2, loadstring("for", "=c"))):equals("c:1: '<name>' expected near '<eof>'")
    expect(select(2, loadstring("x = 'a", "=c"))):contains("unfinished string")
    expect(select(2, loadstring("break", "=c"))):contains("break")
  end)

  it("have their own globals when asked", function()
    local env = {}
    local f = setfenv(load_text("x = 1 function g() return x end"), env)
    f()
    expect(env.x):equals(1)
    expect(env.g()):equals(1)
    expect(rawget(_G, "g")):is_nil()
    expect(getfenv(f)):is(env)
    expect(getfenv(print)):is(_G)
    expect(_G._G):is(_G)
  end)

  it("can be files and modules", function()
    local name = os.tmpname()
    local file = assert(io.open(name, "w"))
    file:write("local name = ... \nreturn { name = name, value = 42 }")
    file:close()
    expect(dofile(name).value):equals(42)
    expect(assert(loadfile(name))("given").name):equals("given")
    package.preload["made.up"] = loadfile(name)
    expect(require("made.up").name):equals("made.up")
    expect(require("made.up")):is(package.loaded["made.up"])
    os.remove(name)
    expect(function() require("not.there") end):fails_with("module 'not.there' not found:")
    expect(loadfile(name)):is_nil()
  end)

  it("are refused as bytecode", function()
    local code = string.dump(function() return 1 end)
    expect(code:sub(1, 3)):equals("\27LJ")
    local f, err = loadstring(code)
    expect(f):is_nil()
    expect(err):contains("attempt to load")
  end)
end)

describe("coroutines", function()
  it("pass values both ways", function()
    local co = coroutine.create(function(a, b)
      local c = coroutine.yield(a + b)
      local d, e = coroutine.yield(c * 2)
      return d, e
    end)
    expect(function() return coroutine.resume(co, 1, 2) end):gives(true, 3)
    expect(function() return coroutine.resume(co, 10) end):gives(true, 20)
    expect(coroutine.status(co)):equals("suspended")
    expect(function() return coroutine.resume(co, "x", nil) end):gives(true, "x", nil)
    expect(coroutine.status(co)):equals("dead")
    expect(function() return coroutine.resume(co) end):gives(false, "cannot resume dead coroutine")
  end)

  it("serve as iterators", function()
    local function permutations(list, n)
      n = n or #list
      if n <= 1 then
        coroutine.yield(list)
      else
        for i = 1, n do
          list[n], list[i] = list[i], list[n]
          permutations(list, n - 1)
          list[n], list[i] = list[i], list[n]
        end
      end
    end
    local seen = {}
    for p in coroutine.wrap(function() permutations({ "a", "b", "c" }) end) do seen[#seen + 1] = table.concat(p) end
    expect(#seen):equals(6)
    expect(seen[1]):equals("bca")
  end)

  it("yield through pcall, metamethods and iterators", function()
    local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end })
    local co = coroutine.wrap(function()
      local ok, value = pcall(function() return t.x end)
      for v in function() return coroutine.yield("iterator") end do value = value .. v end
      return ok, value
    end)
    expect(co()):equals("x")
    expect(co("X")):equals("iterator")
    expect(co("Y")):equals("iterator")
    expect(function() return co(nil) end):gives(true, "XY")
  end)

  it("know what runs", function()
    local main, is_main = coroutine.running()
    expect(main):is_a("thread")
    expect(is_main):is_true()
    local co
    co = coroutine.create(function()
      local current, first = coroutine.running()
      expect(current):is(co)
      expect(first):is_false()
      expect(coroutine.status(co)):equals("running")
      expect(coroutine.isyieldable()):is_true()
    end)
    expect(coroutine.resume(co)):is_true()
  end)

  it("keep errors to themselves", function()
    local co = coroutine.create(function() error("inside", 0) end)
    expect(function() return coroutine.resume(co) end):gives(false, "inside")
    expect(coroutine.status(co)):equals("dead")
    local wrapped = coroutine.wrap(function() error({ code = 1 }) end)
    local _, err = pcall(wrapped)
    expect(err.code):equals(1)
    expect(function() coroutine.yield() end):fails_with("attempt to yield")
  end)
end)

describe("the string library", function()
  it("finds and matches", function()
    expect(function() return ("hello world"):find("o w") end):gives(5, 7)
    expect(function() return ("a.b"):find(".", 1, true) end):gives(2, 2)
    expect(function() return ("key = value"):match("^(%w+)%s*=%s*(%w+)$") end):gives("key", "value")
    expect(("x"):match("()")):equals(1)
    expect(("[[x]]"):match("%[(%b[])%]")):equals("[x]")
    expect(("THE (quick) fox"):find("%((%a+)%)")):equals(5)
    expect(("a,b,,c"):gsub(",", ";")):equals("a;b;;c")
    expect(("word other"):match("%f[%w]other")):equals("other")
    expect(("abc"):find("b", -1)):is_nil()
    expect(function() return ("x"):find("[a") end):fails_with("malformed pattern")
  end)

  it("substitutes by strings, tables and functions", function()
    expect(function() return ("hello"):gsub("l", { l = "L" }) end):gives("heLLo", 2)
    expect(("$a-$b"):gsub("%$(%w)", { a = 1 })):equals("1-$b")
    expect(("abc"):gsub("%w", "%0%0")):equals("aabbcc")
    expect(("abc"):gsub("%w", function(c) if c ~= "b" then return c:upper() end end)):equals("AbC")
    expect(("abc"):gsub("", "-")):equals("-a-b-c-")
    expect(("aaa"):gsub("a", "b", 2)):equals("bba")
  end)

  it("walks with gmatch", function()
    local found = {}
    for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do found[k] = v end
    expect(found):looks_like({ a = "1", b = "2" })
  end)

  it("formats", function()
    expect(("%5.2f|%-5d|%05d|%+d"):format(3.14159, 42, 42, 42)):equals(" 3.14|42   |00042|+42")
    expect(("%s %q %x %X %o %c %e %%"):format("s", 'q"\n', 255, 255, 8, 65, 1)):equals(
      's "q\\"\\\n" ff FF 10 A 1.000000e+00 %')
    expect(("%10.3s|"):format("abcdef")):equals("       abc|")
    expect(("%s"):format(setmetatable({}, { __tostring = function() return "own" end }))):equals("own")
    expect(("%d"):format("12")):equals("12")
    expect(("%g"):format(1e20)):equals("1e+20")
    expect(("%a"):format(1)):equals("0x1p+0")
    expect(function() return ("%d"):format("x") end):fails_with("number expected, got string")
    expect(function() return ("%y"):format(1) end):fails_with("invalid option")
  end)

  it("takes strings to pieces and makes them", function()
    expect(("abcdef"):sub(2, -2)):equals("bcde")
    expect(("abc"):sub(-2)):equals("bc")
    expect(("abc"):sub(3, 2)):equals("")
    expect(function() return ("abc"):byte(1, -1) end):gives(97, 98, 99)
    expect(string.char(104, 105)):equals("hi")
    expect(("ab"):rep(3, "-")):equals("ab-ab-ab")
    expect(("abc"):reverse()):equals("cba")
    expect(("aBc"):upper() .. ("aBc"):lower()):equals("ABCabc")
    expect(("abc"):len()):equals(3)
  end)

  it("keeps every byte", function()
    local all = {}
    for i = 0, 255 do all[#all + 1] = string.char(i) end
    local text = table.concat(all)
    expect(#text):equals(256)
    expect(text:byte(256)):equals(255)
    expect(text:find("\0", 1, true)):equals(1)
    expect(("\0x"):match("%z(x)")):equals("x")
  end)
end)

describe("the table library", function()
  it("inserts, removes, joins", function()
    local t = { "a", "c" }
    table.insert(t, "d")
    table.insert(t, 2, "b")
    expect(table.concat(t, "")):equals("abcd")
    expect(table.concat(t, "-", 2, 3)):equals("b-c")
    expect(table.remove(t, 1)):equals("a")
    expect(table.remove(t)):equals("d")
    expect(t):looks_like({ "b", "c" })
    expect(table.remove({})):is_nil()
    expect(function() table.concat({ {} }) end):fails_with("invalid value (table) at index 1")
  end)

  it("sorts", function()
    local t = { 3, 1, 2 }
    table.sort(t)
    expect(t):looks_like({ 1, 2, 3 })
    table.sort(t, function(a, b) return a > b end)
    expect(t):looks_like({ 3, 2, 1 })
    local words = { "b", "B", "a" }
    table.sort(words, function(a, b) return a:lower() < b:lower() end)
    expect(words[1]):equals("a")
    expect(function() table.sort({ 1, "x" }) end):fails_with("attempt to compare")
    local large = {}
    for i = 1, 2000 do large[i] = (i * 7919) % 2003 end
    table.sort(large)
    for i = 2, #large do
      if large[i - 1] > large[i] then expect(i):is_nil() end
    end
  end)

  it("packs and unpacks", function()
    local packed = table.pack(1, nil, 3)
    expect(packed.n):equals(3)
    expect(function() return unpack(packed, 1, packed.n) end):gives(1, nil, 3)
    expect(function() return table.unpack({ 1, 2 }) end):gives(1, 2)
    expect(table.maxn({ [10] = 1, [3.5] = 2 })):equals(10)
  end)

  it("has LuaJIT's additions", function()
    local new, clear = require("table.new"), require("table.clear")
    local t = new(10, 2)
    t[1] = 1
    clear(t)
    expect(next(t)):is_nil()
    expect(table.move({ 1, 2, 3 }, 2, 3, 1)):looks_like({ 2, 3, 3 })
  end)

  it("walks in order over sequences, through all with pairs", function()
    local order = {}
    for i, v in ipairs({ "a", "b", nil, "d" }) do order[i] = v end
    expect(order):looks_like({ "a", "b" })
    local sum = 0
    for _, v in pairs({ 1, 2, x = 3, [1.5] = 4 }) do sum = sum + v end
    expect(sum):equals(10)
    expect(next({})):is_nil()
    expect(next({ 5 })):equals(1)
    expect(rawequal("a", "a")):is_true()
    expect(rawlen({ 1, 2 })):equals(2)
  end)

  it("removes while it walks", function()
    local t = {}
    for i = 1, 100 do t[i] = i end
    for k in pairs(t) do t[k] = nil end
    expect(next(t)):is_nil()
  end)
end)

describe("the math library", function()
  it("computes", function()
    expect(math.floor(-1.5)):equals(-2)
    expect(math.ceil(-1.5)):equals(-1)
    expect(math.max(3, 7, 5)):equals(7)
    expect(math.min(3, 7, 5)):equals(3)
    expect(math.fmod(-5, 3)):equals(-2)
    expect(function() return math.modf(3.25) end):gives(3, 0.25)
    expect(function() return math.frexp(8) end):gives(0.5, 4)
    expect(math.ldexp(0.5, 4)):equals(8)
    expect(math.sqrt(16) + math.abs(-2) + math.pow(2, 3)):equals(14)
    expect(math.atan2(1, 1)):is_near(math.pi / 4)
    expect(math.log(8, 2)):is_near(3)
    expect(math.log10(1000)):is_near(3)
    expect(math.deg(math.rad(90))):is_near(90)
    expect(math.sin(math.pi / 2) + math.cos(0) + math.exp(0)):is_near(3)
    expect(math.huge):equals(1 / 0)
  end)

  it("gives the same random numbers for the same seed", function()
    math.randomseed(42)
    local a, b = math.random(), math.random(100)
    math.randomseed(42)
    expect(math.random()):equals(a)
    expect(math.random(100)):equals(b)
    expect(b >= 1 and b <= 100):is_true()
  end)
end)

describe("bit operations", function()
  it("work on 32 bits", function()
    expect(bit.band(0xFF, 0x0F)):equals(15)
    expect(bit.bor(1, 2, 4)):equals(7)
    expect(bit.bxor(5, 1)):equals(4)
    expect(bit.bnot(0)):equals(-1)
    expect(bit.lshift(1, 31)):equals(-2147483648)
    expect(bit.rshift(-1, 28)):equals(15)
    expect(bit.arshift(-16, 2)):equals(-4)
    expect(bit.rol(0x12345678, 8)):equals(0x34567812)
    expect(bit.bswap(0x12345678)):equals(0x78563412)
    expect(bit.tohex(255)):equals("000000ff")
    expect(bit.tobit(2 ^ 32 + 1)):equals(1)
  end)

  it("work on 64 bits of cdata", function()
    expect(bit.lshift(1ULL, 63)):equals(9223372036854775808ULL)
    expect(bit.band(0xFF00000000LL, 0xF000000000LL)):equals(0xF000000000LL)
  end)
end)

describe("ffi", function()
  local ffi = require("ffi")

  it("has 64-bit integers", function()
    local a = 9007199254740993LL
    expect(a + 1):equals(9007199254740994LL)
    expect(tonumber(ffi.cast("int64_t", 5))):equals(5)
    expect(5LL == 5):is_true()
    expect(7LL / 2):equals(3LL)
    expect(2LL ^ 62):equals(4611686018427387904LL)
  end)

  it("makes arrays and structs", function()
    local array = ffi.new("int[4]", { 1, 2, 3 })
    expect(array[0] + array[2] + array[3]):equals(4)
    ffi.cdef("typedef struct { double x, y; } lupa4j_spec_point;")
    local point = ffi.metatype("lupa4j_spec_point", {
      __add = function(a, b) return ffi.new("lupa4j_spec_point", a.x + b.x, a.y + b.y) end,
      __index = { length = function(p) return math.sqrt(p.x ^ 2 + p.y ^ 2) end },
    })
    expect((point(1, 2) + point(2, 2)):length()):equals(5)
    expect(ffi.sizeof("lupa4j_spec_point")):equals(16)
    expect(ffi.istype("lupa4j_spec_point", point())):is_true()
    expect(function() return point().z end):fails_with("has no member named 'z'")
  end)

  it("reads strings and copies memory", function()
    local buffer = ffi.new("char[8]")
    ffi.copy(buffer, "abc")
    expect(ffi.string(buffer)):equals("abc")
    expect(ffi.string(buffer, 5)):equals("abc\0\0")
    ffi.fill(buffer, 3, 120)
    expect(ffi.string(buffer)):equals("xxx")
  end)

  it("calls C", function()
    ffi.cdef("size_t strlen(const char *s);")
    expect(tonumber(ffi.C.strlen("hello"))):equals(5)
    expect(function() return ffi.C.no_such_function_here end):fails_with("missing declaration")
  end)
end)

describe("io and os", function()
  local name

  before_each(function() name = os.tmpname() end)
  after_each(function() os.remove(name) end)

  local function write(text)
    local file = assert(io.open(name, "wb"))
    file:write(text)
    file:close()
  end

  it("writes and reads files", function()
    write("first\n12 0x10 -3.5\n\nlast")
    local file = assert(io.open(name))
    expect(io.type(file)):equals("file")
    expect(file:read()):equals("first")
    expect(function() return file:read("*n", "*n", "*n") end):gives(12, 16, -3.5)
    expect(file:read(1)):equals("\n")
    expect(file:read("*L")):equals("\n")
    expect(file:read("*a")):equals("last")
    expect(file:read("*a")):equals("")
    expect(file:read("*l")):is_nil()
    expect(file:seek("set", 2)):equals(2)
    expect(file:read(3)):equals("rst")
    expect(file:seek("end")):equals(24)
    file:close()
    expect(io.type(file)):equals("closed file")
    expect(function() file:read() end):fails_with("closed file")
  end)

  it("walks lines", function()
    write("a\n\nb")
    local lines = {}
    for line in io.lines(name) do lines[#lines + 1] = line end
    expect(lines):looks_like({ "a", "", "b" })
    expect(function() io.lines(name .. ".none") end):fails_with("No such file or directory")
  end)

  it("redirects", function()
    local out = io.output()
    io.output(name)
    io.write("x", 1, 2.5)
    io.close()
    io.output(out)
    local input = io.input()
    io.input(name)
    expect(io.read("*a")):equals("x12.5")
    io.close(io.input())
    io.input(input)
  end)

  it("appends", function()
    write("a")
    local file = assert(io.open(name, "a"))
    file:setvbuf("no")
    file:write("b"):write("c")
    file:close()
    file = assert(io.open(name, "rb"))
    expect(file:read("*a")):equals("abc")
    file:close()
  end)

  it("tells why not", function()
    local file, message, code = io.open("/nonexistent/file")
    expect(file):is_nil()
    expect(message):equals("/nonexistent/file: No such file or directory")
    expect(code):equals(2)
  end)

  it("knows the time", function()
    expect(os.time({ year = 2000, month = 1, day = 1, hour = 12 })):is_a("number")
    expect(os.date("!%Y-%m-%d %H:%M:%S", 0)):equals("1970-01-01 00:00:00")
    expect(os.date("!*t", 86400)):looks_like({
      year = 1970, month = 1, day = 2, hour = 0, min = 0, sec = 0, wday = 6, yday = 2, isdst = false,
    })
    expect(os.difftime(10, 4)):equals(6)
    expect(os.clock() >= 0):is_true()
    expect(os.getenv("LUPA4J_NO_SUCH_VARIABLE")):is_nil()
  end)

  it("renames and removes", function()
    write("x")
    expect(os.rename(name, name .. ".new")):is_true()
    expect(io.open(name)):is_nil()
    expect(os.remove(name .. ".new")):is_true()
    expect(os.remove(name .. ".new")):is_nil()
  end)
end)

describe("the debug library", function()
  it("tells about functions", function()
    local info = debug.getinfo(1, "Sl")
    expect(info.short_src):matches("language_spec.lua$")
    expect(info.currentline):is_a("number")
    local function f(a, b) local c = a return c, b end
    expect(debug.getinfo(f, "u").nparams):equals(2)
    expect(debug.getlocal(f, 1)):equals("a")
    local up = 1
    local function g() return up end
    expect(function() return debug.getupvalue(g, 1) end):gives("up", 1)
    debug.setupvalue(g, 1, 5)
    expect(g()):equals(5)
    expect(up):equals(5)
  end)

  it("hooks", function()
    local lines = 0
    debug.sethook(function() lines = lines + 1 end, "l")
    local x = 1
    x = x + 1
    debug.sethook()
    expect(lines >= 2):is_true()
  end)
end)

describe("the compiler", function()
  it("is on and compiles hot loops", function()
    expect(jit.status()):is_true()
    local sum = 0
    for i = 1, 1e6 do sum = sum + i % 7 end
    expect(sum):equals(2999998)
    expect(jit.version):matches("^LuaJIT 2%.1")
    expect(jit.arch):is_a("string")
  end)

  it("can be switched off and on", function()
    jit.off()
    expect(jit.status()):is_false()
    jit.on()
    expect(jit.status()):is_true()
  end)
end)

describe("the collector", function()
  it("answers as in Lua 5.1", function()
    expect(collectgarbage("count")):is_a("number")
    expect(collectgarbage()):equals(0)
    expect(collectgarbage("step", 100)):is_a("boolean")
    expect(collectgarbage("isrunning")):is_true()
    expect(gcinfo()):is_a("number")
  end)
end)
