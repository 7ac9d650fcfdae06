-- Functions of any number of arguments, more than they have room for.
local function count(...)
  local first = ...
  return select("#", ...), first, ...
end
local function rest(_, ...) return count(...) end
for i = 1, 300 do
  local n, first = count(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
  assert(n == 20 and first == i)
  assert(rest(1, i, 3) == 2)
  assert(#{count(i, i)} == 4)
end
