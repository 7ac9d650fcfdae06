-- Finalizers and weak tables.
local n = 0
for i = 1, 200 do
  local proxy = newproxy(true)
  getmetatable(proxy).__gc = function() n = n + 1 end
  local weak = setmetatable({}, {__mode = "k"})
  weak[{}] = i
end
for i = 1, 20000 do local garbage = {i} end
