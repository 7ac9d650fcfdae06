-- Java's objects and functions in loops, and in callbacks of C.
local list = java.new("java.util.ArrayList")
local map = java.new("java.util.HashMap")
for i = 1, 150 do
  list:add("item " .. i)
  map[i] = list
  assert(list:size() == i and map[i] == list and java.lang.Math.max(i, 3) >= 3)
  pcall(list.get, list, -1)
end
for i, item in ipairs(list) do assert(item == "item " .. i) end
for _, value in pairs(map) do assert(value == list) end
local n = 0
list:forEach(function() n = n + 1 end)
string.rep("a", 100):gsub("a", function() n = n + list:size() end)
assert(n == 150 + 100 * 150)
