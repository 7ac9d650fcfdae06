-- Loops over Java objects: several steps are made ready at a time, and no script can tell.
local ArrayList, HashMap, TreeMap = java.util.ArrayList, java.util.HashMap, java.util.TreeMap
local LinkedHashMap, HashSet = java.util.LinkedHashMap, java.util.HashSet

local function numbers(n)
  local list = ArrayList()
  for i = 1, n do list:add(i) end
  return list
end

local function entries(n)
  local map = LinkedHashMap()
  for i = 1, n do map["k" .. i] = i end
  return map
end

local sizes = { 0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 127, 128, 129, 255, 256, 257, 1000 }

describe("a loop", function()
  it("visits all items of a list, an array and a set, in order", function()
    for _, n in ipairs(sizes) do
      local list = numbers(n)
      for _, object in ipairs({ list, java.util.Collections:unmodifiableList(list), list:toArray(),
        java.util.LinkedHashSet(list), java.util.LinkedList(list), java.util.ArrayDeque(list) }) do
        local sum, last = 0, 0
        for i, v in pairs(object) do
          expect(i == last + 1 and v == i):is_true()
          sum, last = sum + v, i
        end
        expect(sum):equals(n * (n + 1) / 2)
        local count = 0
        for v in java.iter(object) do
          count = count + 1
          if v ~= count then expect(v):equals(count) end
        end
        expect(count):equals(n)
        count = 0
        for i, v in java.enumerate(object, 5) do
          if i ~= count + 5 or v ~= count + 1 then expect(i):equals(count + 5) end
          count = count + 1
        end
        expect(count):equals(n)
      end
    end
  end)

  it("visits all entries of a map, in order", function()
    for _, n in ipairs(sizes) do
      local count = 0
      for k, v in pairs(entries(n)) do
        count = count + 1
        if k ~= "k" .. count or v ~= count then expect(k):equals("k" .. count) end
      end
      expect(count):equals(n)
    end
  end)

  it("passes strings of any length", function()
    local list = ArrayList()
    for i = 1, 300 do list:add(("x"):rep(i * 10) .. i) end
    for i, s in ipairs(list) do expect(s == ("x"):rep(i * 10) .. i):is_true() end
  end)

  it("shows null as nil or java.none, and goes on", function()
    local list = ArrayList()
    for i = 1, 300 do list:add(i % 3 == 0 and java.none or i) end
    local count, nils = 0, 0
    for i, v in ipairs(list) do
      count = count + 1
      if v == nil then nils = nils + 1 end
    end
    expect(count):equals(300)
    expect(nils):equals(100)
    nils = 0
    for v in java.iter(list) do if v == java.none then nils = nils + 1 end end
    expect(nils):equals(100)
  end)

  it("can be left and begun again", function()
    local list = numbers(500)
    for _ = 1, 3 do
      for i, v in ipairs(list) do
        expect(v):equals(i)
        if i == 100 then break end
      end
    end
  end)
end)

describe("a change in between", function()
  it("of a list is seen at the next step", function()
    for _, at in ipairs({ 1, 2, 5, 20, 150, 299 }) do
      local list = numbers(300)
      for i, v in ipairs(list) do
        if i == at then list[i + 1] = "changed" end
        if i == at + 1 then expect(v):equals("changed") end
      end
    end
  end)

  it("of a list's size is seen, too", function()
    local list = numbers(300)
    local count = 0
    for i in ipairs(list) do
      count = count + 1
      if i == 100 then list:subList(150, 300):clear() end
    end
    expect(count):equals(150)
    count = 0
    for i in ipairs(list) do
      count = count + 1
      if i == 50 then list:add("more") end
    end
    expect(count):equals(151)
  end)

  it("by a callback of Java, or in a coroutine's pause, is seen", function()
    local list = numbers(300)
    local co = coroutine.wrap(function()
      for i, v in ipairs(list) do coroutine.yield(v) end
    end)
    for i = 1, 99 do expect(co()):equals(i) end
    list[100] = "changed"
    expect(co()):equals("changed")
    list:forEach(function(v) list[200] = "by a callback" end)
    for i = 101, 199 do co() end
    expect(co()):equals("by a callback")
  end)

  it("of a value in a map is seen", function()
    for _, class in ipairs({ HashMap, LinkedHashMap, TreeMap, java.util.concurrent.ConcurrentHashMap }) do
      local map = class(entries(300))
      local order = {}
      for k in pairs(map) do order[#order + 1] = k end
      for _, at in ipairs({ 1, 2, 10, 100, 298 }) do
        local i = 0
        for k, v in pairs(map) do
          i = i + 1
          if i == at then map[order[i + 1]] = "new " .. at end
          if i == at + 1 then expect(v):equals("new " .. at) end
        end
        expect(i):equals(300)
      end
    end
  end)

  it("of a map's keys is told by its iterator", function()
    for _, at in ipairs({ 1, 2, 10, 100, 250 }) do
      local map = entries(300)
      expect(function()
        local i = 0
        for k in pairs(map) do
          i = i + 1
          if i == at then map["k300"] = nil end
        end
      end):fails_with("ConcurrentModificationException")
    end
  end)

  it("of a concurrent map is no error", function()
    local map = java.util.concurrent.ConcurrentHashMap(entries(300))
    local count = 0
    for k in pairs(map) do
      count = count + 1
      if count % 2 == 0 then map[k] = nil end
    end
    expect(count):equals(300)
    expect(map:size()):equals(150)
  end)
end)

describe("reading ahead", function()
  it("is not done where it would be noticed", function()
    local asked = 0
    local iterator = java.proxy("java.util.Iterator", {
      hasNext = function() return true end,
      next = function() asked = asked + 1 return asked end,
    })
    for v in java.iter(iterator) do
      expect(asked):equals(v)
      if v == 50 then break end
    end
    local list = java.proxy("java.util.List", {
      size = function() return 100 end,
      get = function(_, i) asked = i return i end,
    })
    for i, v in ipairs(list) do expect(asked):equals(i - 1) end
  end)

  it("keeps nothing alive for long", function()
    local list = ArrayList()
    for i = 1, 300 do list:add(java.lang.Object()) end
    local weak = setmetatable({}, { __mode = "v" })
    for i, v in ipairs(list) do
      weak[i] = v
      if i == 200 then list:clear() end
    end
    list, v = nil, nil
    collectgarbage() collectgarbage()
    expect(next(weak)):is_nil()
  end)
end)

describe("an iterator", function()
  it("may be called by hand, with any position", function()
    local next_item, state, first = ipairs(numbers(300))
    expect(function() return next_item(state, 0) end):gives(1, 1)
    expect(function() return next_item(state, 200) end):gives(201, 201)
    expect(function() return next_item(state, 5) end):gives(6, 6)
    expect(function() return next_item(state, 300) end):gives(nil)
    expect(function() return next_item(state, 5) end):gives(6, 6)
    expect(function() return next_item() end):fails_with("position")
    local next_entry = pairs(entries(3))
    expect(function() return next_entry() end):gives("k1", 1)
    expect(function() return next_entry() end):gives("k2", 2)
    expect(function() return next_entry() end):gives("k3", 3)
    expect(function() return next_entry() end):gives(nil)
    expect(function() return next_entry() end):gives(nil)
  end)
end)

describe("integers of 64 bits", function()
  it("calculate with big numbers of Java on either side", function()
    local big = java.math.BigInteger.ONE
    local max = java.lang.Long.MAX_VALUE
    expect(tostring(max + big)):equals("9223372036854775808")
    expect(tostring(big + max)):equals("9223372036854775808")
    expect(tostring(max * big - 1)):equals("9223372036854775806")
    expect(big < max):is_true()
    expect(max < big):is_false()
    expect(max > big):is_true()
    expect(max <= big):is_false()
    expect(max == big):is_false()
    expect(function() return max + {} end):fails_with("attempt to perform arithmetic")
    expect(function() return max + io.stdout end):fails_with("attempt to perform arithmetic")
  end)
end)

describe("items read ahead", function()
  local function stale(object, change)
    local seen, wrong = 0, 0
    for x in java.iter(object) do
      seen = seen + 1
      if seen == 150 then change() end
      if seen > 150 and x ~= "new" then wrong = wrong + 1 end
    end
    return wrong
  end

  it("are those of now when the body has changed them", function()
    local Collections, Arrays = java.util.Collections, java.util.Arrays
    local names = {}
    for i = 1, 400 do names[i] = "s" .. i end
    for _, list in ipairs({ ArrayList(names), java.util.LinkedList(names), Arrays.asList(names) }) do
      expect(stale(list, function() Collections.fill(list, "new") end)):equals(0)
    end
    local array = java.array("java.lang.String", names)
    expect(stale(array, function() Arrays.fill(array, "new") end)):equals(0)
    local list = ArrayList(names)
    expect(stale(list, function() for i = 151, 400 do list[i] = "new" end end)):equals(0)
  end)

  it("are gone when the body has taken them out", function()
    for _, name in ipairs({ "java.util.concurrent.ConcurrentLinkedQueue", "java.util.concurrent.ConcurrentLinkedDeque" }) do
      local queue = java.import(name)(numbers(1000))
      local count = 0
      for _ in java.iter(queue) do
        count = count + 1
        if count == 150 then queue:clear() end
      end
      expect(count <= 151):is_true()
    end
  end)

  it("end with an error when the list got longer", function()
    local list = numbers(400)
    expect(function()
      local seen = 0
      for _ in java.iter(list) do
        seen = seen + 1
        if seen == 150 then list:add(1) end
      end
    end):fails_with("ConcurrentModificationException")
  end)
end)
