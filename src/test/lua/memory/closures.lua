-- Closures with upvalues that change.
local adders = {}
for i = 1, 300 do
  local sum = i
  adders[i] = function(more) sum = sum + more return sum end
end
for _ = 1, 30 do
  for i = 1, 300 do adders[i](1) end
end
assert(adders[5](0) == 35)
