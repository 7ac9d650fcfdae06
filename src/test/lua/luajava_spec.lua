-- Scripts as they are written for LuaJava and LuaJ.

describe("luajava.bindClass", function()
  it("gives access to static members, by dot and by colon", function()
    local sys = luajava.bindClass("java.lang.System")
    expect(sys:currentTimeMillis() > 0):is_true()
    expect(sys.currentTimeMillis() > 0):is_true()
    local math = luajava.bindClass("java.lang.Math")
    expect(math:max(3, 4)):equals(4)
    expect(math.PI):is_near(3.14159, 1e-4)
    local integer = luajava.bindClass("java.lang.Integer")
    expect(integer:parseInt("12")):equals(12)
    expect(integer.MAX_VALUE):equals(2147483647)
    expect(integer:toHexString(255)):equals("ff")
  end)

  it("fails for a class that is not there", function()
    local ok, err = pcall(luajava.bindClass, "no.such.Class")
    expect(ok):is_false()
    expect(err):contains("no.such.Class")
  end)
end)

describe("luajava.newInstance and luajava.new", function()
  it("construct by name and by class", function()
    local sb = luajava.newInstance("java.lang.StringBuffer", "abc")
    sb:append("def"):append(1)
    expect(sb:toString()):equals("abcdef1")
    expect(sb:length()):equals(7)
    local StringBuffer = luajava.bindClass("java.lang.StringBuffer")
    expect(luajava.new(StringBuffer, "x"):toString()):equals("x")
    expect(luajava.new(StringBuffer):length()):equals(0)
    local date = luajava.newInstance("java.util.Date", 0)
    expect(date:getTime()):equals(0)
  end)

  it("serve the collections", function()
    local list = luajava.newInstance("java.util.ArrayList")
    list:add("one")
    list:add(2)
    list:add(3.5)
    expect(list:size()):equals(3)
    expect(list:get(0)):equals("one")
    expect(list:get(1)):equals(2)
    local it = list:iterator()
    local seen = {}
    while it:hasNext() do seen[#seen + 1] = it:next() end
    expect(seen):looks_like({ "one", 2, 3.5 })
    local map = luajava.newInstance("java.util.HashMap")
    map:put("key", "value")
    expect(map:get("key")):equals("value")
    expect(map:containsKey("none")):is_false()
    expect(map:get("none")):is_nil()
  end)

  it("let errors be caught", function()
    local ok, err = pcall(function()
      return luajava.newInstance("java.util.ArrayList", -1)
    end)
    expect(ok):is_false()
    expect(tostring(err)):contains("Illegal Capacity")
    local list = luajava.newInstance("java.util.ArrayList")
    ok, err = pcall(list.get, list, 5)
    expect(ok):is_false()
    expect(tostring(err)):contains("IndexOutOfBounds")
  end)
end)

describe("luajava.createProxy", function()
  it("implements an interface, without self", function()
    local count = 0
    local runnable = luajava.createProxy("java.lang.Runnable", {
      run = function(...)
        expect(select("#", ...)):equals(0)
        count = count + 1
      end,
    })
    runnable:run()
    local thread = luajava.newInstance("java.lang.Thread", runnable)
    expect(thread:getState():name()):equals("NEW")
    runnable:run()
    expect(count):equals(2)
  end)

  it("implements several interfaces, each by itself or by commas", function()
    local functions = {
      compare = function(a, b) return a < b and -1 or a > b and 1 or 0 end,
      run = function() end,
    }
    local p = luajava.createProxy("java.util.Comparator", "java.lang.Runnable", functions)
    local q = luajava.createProxy("java.util.Comparator, java.lang.Runnable", functions)
    for _, proxy in ipairs({ p, q }) do
      proxy:run()
      local list = luajava.newInstance("java.util.ArrayList")
      for _, x in ipairs({ 3, 1, 2 }) do list:add(x) end
      luajava.bindClass("java.util.Collections"):sort(list, proxy)
      expect(list:toString()):equals("[1, 2, 3]")
    end
  end)

  it("does nothing for functions that are missing", function()
    local log = {}
    local listener = luajava.createProxy("java.beans.PropertyChangeListener", "java.util.function.Supplier", {
      propertyChange = function(event) log[#log + 1] = event:getPropertyName() end,
    })
    local support = luajava.newInstance("java.beans.PropertyChangeSupport", "source")
    support:addPropertyChangeListener(listener)
    support:firePropertyChange("color", "red", "blue")
    expect(log):looks_like({ "color" })
    expect(listener:get()):is_nil()
    local comparator = luajava.createProxy("java.util.Comparator", {})
    expect(function() comparator:compare(1, 2) end):fails_with("no function 'compare'")
  end)

  it("takes interfaces and a table", function()
    expect(function() luajava.createProxy({}) end):fails_with("bad argument")
    expect(function() luajava.createProxy("java.lang.Runnable") end):fails_with("bad argument")
    expect(function() luajava.createProxy("java.lang.String", {}) end):fails_with("is not an interface")
  end)
end)

describe("luajava.loadLib", function()
  it("loads a library in Java", function()
    local extension = luajava.loadLib("io.github.lupa4j.spec.Extension", "open")
    expect(extension.twice(21)):equals(42)
    expect(luajava.loadLib("io.github.lupa4j.spec.Extension", "version")):equals("1.0")
  end)

  it("fails where that fails", function()
    expect(function() luajava.loadLib("io.github.lupa4j.spec.Extension", "failing") end):fails_with("cannot open")
    expect(function() luajava.loadLib("io.github.lupa4j.spec.Extension", "none") end):fails_with("none")
    expect(function() luajava.loadLib("no.such.Class", "open") end):fails_with("no class 'no.such.Class'")
  end)
end)

describe("arrays", function()
  it("are indexed from 1", function()
    local array = luajava.bindClass("java.lang.reflect.Array")
    local ints = array:newInstance(luajava.bindClass("java.lang.Integer").TYPE, 3)
    ints[1] = 10
    ints[3] = 30
    expect(ints[1] + ints[3]):equals(40)
    expect(#ints):equals(3)
    expect(array:getLength(ints)):equals(3)
    local words = luajava.bindClass("java.util.regex.Pattern"):compile(" "):split("a b c")
    expect(words[2]):equals("b")
  end)
end)

describe("a program", function()
  it("runs unchanged", function()
    -- Counts words, as a script of either dialect does it.
    local StringTokenizer = luajava.bindClass("java.util.StringTokenizer")
    local tokens = luajava.new(StringTokenizer, "to be or not to be")
    local counts = luajava.newInstance("java.util.TreeMap")
    while tokens:hasMoreTokens() do
      local word = tokens:nextToken()
      local n = counts:get(word)
      counts:put(word, (n or 0) + 1)
    end
    local entries = counts:entrySet():iterator()
    local out = {}
    while entries:hasNext() do
      local entry = entries:next()
      out[#out + 1] = entry:getKey() .. "=" .. entry:getValue()
    end
    expect(table.concat(out, " ")):equals("be=2 not=1 or=1 to=2")
  end)

  it("formats and converts", function()
    local String = luajava.bindClass("java.lang.String")
    expect(String:valueOf(12)):equals("12")
    local Locale = luajava.bindClass("java.util.Locale")
    expect(String:format(Locale.ROOT, "%5.2f|%s", 3.14159, "x")):equals(" 3.14|x")
    local formatter = luajava.newInstance("java.text.SimpleDateFormat", "yyyy-MM-dd")
    formatter:setTimeZone(luajava.bindClass("java.util.TimeZone"):getTimeZone("UTC"))
    expect(formatter:format(luajava.newInstance("java.util.Date", 0))):equals("1970-01-01")
  end)
end)
