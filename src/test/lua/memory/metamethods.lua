-- Arithmetic, comparison and look-ups by metamethods.
local mt = {}
local function new(value) return setmetatable({value = value}, mt) end
mt.__add = function(a, b) return new(a.value + b.value) end
mt.__index = function(_, key) return key end
mt.__concat = function() return "joined" end
mt.__lt = function(a, b) return a.value < b.value end
local sum = new(0)
for _ = 1, 400 do
  sum = sum + new(1)
  assert(sum.name == "name" and sum .. sum == "joined" and not (sum < sum))
end
assert(sum.value == 400)
