-- Coroutines as iterators.
local function upto(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end
local sum = 0
for _ = 1, 60 do
  for i in upto(20) do sum = sum + i end
end
assert(sum == 60 * 210)
