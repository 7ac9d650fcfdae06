-- Maps, lists and arrays: items, length, walking.

local function list(...) return java.util.ArrayList(java.util.Arrays.asList(...)) end

describe("maps", function()
  local map

  before_each(function()
    map = java.util.LinkedHashMap()
    map:put("a", 1)
    map:put("size", "an entry")
    map:put(5, "five")
  end)

  it("give entries first, then members", function()
    expect(map.a):equals(1)
    expect(map["a"]):equals(1)
    expect(map.size):equals("an entry")
    expect(map.get):is_a("function")
    expect(map:get("a")):equals(1)
    expect(java.as_attrgetter(map):size()):equals(3)
  end)

  it("give nil for a missing key", function()
    expect(map.nothing):is_nil()
    expect(map[17]):is_nil()
    expect(map[true]):is_nil()
  end)

  it("take entries, and lose them by nil", function()
    map.b = 2
    map[6] = "six"
    expect(map:get("b")):equals(2)
    expect(map:get(6)):equals("six")
    map.b = nil
    expect(map:containsKey("b")):is_false()
    map.nothing = nil
    expect(java.as_attrgetter(map):size()):equals(4)
    expect(function() map[nil] = 1 end):fails_with("nil")
  end)

  it("find number keys of any type", function()
    local keys = java.util.HashMap()
    keys:put(java.cast(1, "java.lang.Integer"), "Integer")
    keys:put(java.cast(2, "java.lang.Long"), "Long")
    keys:put(java.cast(3, "java.lang.Double"), "Double")
    expect(keys[1]):equals("Integer")
    expect(keys[2]):equals("Long")
    expect(keys[3]):equals("Double")
    keys[2] = "changed"
    expect(keys:size()):equals(3)
    expect(keys:get(java.cast(2, "java.lang.Long"))):equals("changed")
    keys[4] = "new"
    expect(keys:containsKey(java.cast(4, "java.lang.Integer"))):is_true()
    keys[1] = nil
    expect(keys:size()):equals(3)
  end)

  it("are counted and walked", function()
    expect(#map):equals(3)
    local seen = {}
    for k, v in pairs(map) do seen[#seen + 1] = tostring(k) .. "=" .. tostring(v) end
    expect(table.concat(seen, " ")):equals("a=1 size=an entry 5=five")
    map:put("null", nil)
    local value
    for k, v in pairs(map) do
      if k == "null" then value = v end
    end
    expect(value):is(java.none)
  end)

  it("pass on what they throw", function()
    local fixed = java.util.Map.of("k", 1)
    local _, err = pcall(function() fixed.x = 1 end)
    expect(java.instanceof(err, "java.lang.UnsupportedOperationException")):is_true()
    local err2 = expect(function()
      for _ in pairs(map) do map:put({}, 1) end
    end):fails_with("ConcurrentModificationException")
    expect(java.caught(err2)):is(err2)
  end)

  it("that are sorted take keys of other types for missing", function()
    local sorted = java.util.TreeMap()
    sorted:put("a", 1)
    expect(sorted[1]):is_nil()
    expect(sorted.b):is_nil()
  end)
end)

describe("lists", function()
  it("are indexed from 1", function()
    local l = list("a", "b", "c")
    expect(l[1]):equals("a")
    expect(l[3]):equals("c")
    expect(l:get(0)):equals("a")
    expect(#l):equals(3)
    l[2] = "B"
    expect(tostring(l)):equals("[a, B, c]")
  end)

  it("grow at their end, and keep nulls", function()
    local l = list("a")
    l[#l + 1] = "b"
    l[#l + 1] = nil
    expect(tostring(l)):equals("[a, b, null]")
    l[1] = nil
    expect(tostring(l)):equals("[null, b, null]")
  end)

  it("give nil past their end, and errors for other positions", function()
    local l = list("a")
    expect(l[2]):is_nil()
    expect(l[100]):is_nil()
    for _, bad in ipairs({ 0, -1, 1.5 }) do
      expect(function() return l[bad] end):fails_with("the first one is 1")
      expect(function() l[bad] = 1 end):fails_with("the first one is 1")
    end
    expect(function() l[3] = 1 end):fails_with("index 3")
  end)

  it("are walked in order", function()
    local seen = {}
    for i, x in ipairs(list("a", "b")) do seen[i] = x end
    expect(seen):looks_like({ "a", "b" })
    seen = {}
    for i, x in pairs(list("c", "d")) do seen[i] = x end
    expect(seen):looks_like({ "c", "d" })
  end)

  it("pass on what they throw", function()
    local fixed = java.util.List.of(1)
    local _, err = pcall(function() fixed[1] = 2 end)
    expect(java.instanceof(err, "java.lang.UnsupportedOperationException")):is_true()
  end)
end)

describe("arrays", function()
  it("are indexed from 1", function()
    local a = java.array("int", { 5, 6, 7 })
    expect(a[1] + a[3]):equals(12)
    expect(#a):equals(3)
    expect(a.length):equals(3)
    a[1] = 8
    expect(a[1]):equals(8)
  end)

  it("give nil past their end, but do not grow", function()
    local a = java.array("int", 1)
    expect(a[2]):is_nil()
    expect(function() a[2] = 1 end):fails_with("index 2")
    expect(function() return a[0] end):fails_with("the first one is 1")
  end)

  it("check what is put into them", function()
    local a = java.array("int", 1)
    expect(function() a[1] = "x" end):fails_with("cannot be set to")
    expect(function() a[1] = 1.5 end):fails_with("cannot be set to")
    expect(function() a[1] = nil end):fails_with("cannot be set to")
    local s = java.array("String", 1)
    s[1] = "x"
    s[1] = nil
    expect(s[1]):is_nil()
  end)

  it("are walked", function()
    local sum = 0
    for i, x in ipairs(java.array("long", { 1, 2, 3 })) do sum = sum + i * x end
    expect(sum):equals(14)
  end)
end)

describe("other collections", function()
  it("are counted and walked", function()
    local set = java.util.TreeSet(java.util.List.of(2, 1))
    expect(#set):equals(2)
    local seen = {}
    for i, x in ipairs(set) do seen[i] = x end
    expect(seen):looks_like({ 1, 2 })
    expect(#java.lang.StringBuilder("abc")):equals(3)
    expect(function() return #java.lang.Object() end):fails_with("has no length")
    expect(function() pairs(java.lang.Object()) end):fails_with("walk")
    expect(function() ipairs(java.lang.Object()) end):fails_with("walk")
  end)
end)

describe("a null key of a map", function()
  it("is java.none", function()
    local map = java.util.HashMap()
    map:put(nil, 1)
    for k, v in pairs(map) do
      expect(map[k]):equals(1)
      map[k] = v + 1
    end
    expect(map:get(nil)):equals(2)
    map[java.none] = 3
    expect(map[java.none]):equals(3)
    map[java.none] = nil
    expect(#map):equals(0)
    expect(map[java.none]):equals(nil)
    expect(function() map[nil] = 1 end):fails_with("nil")
    map = java.tomap({ [java.none] = 1 })
    expect(map[java.none]):equals(1)
  end)
end)

describe("NaN", function()
  it("is neither less nor more than a number of Java", function()
    local nan = 0 / 0
    for _, x in ipairs({ java.math.BigInteger("10"), java.math.BigDecimal("1"), java.cast(1, "double") }) do
      expect(x < nan):is_false()
      expect(x <= nan):is_false()
      expect(x > nan):is_false()
      expect(nan >= x):is_false()
      expect(x < 11):is_true()
    end
  end)
end)
