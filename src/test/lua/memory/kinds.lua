-- A loop of many side traces: each value is of another kind.
local make = {
  [0] = function() return {} end,
  function(i) return "s" .. i end,
  function(i) return i end,
  function(i) return i / 3 end,
  function(i) return function() return i end end,
  function(i) return math.floor(i) end,
  function(i) return string.char(i % 200 + 32) end,
}
local all = {}
for i = 1, 600 do
  all[i] = make[i % 7](i)
  if type(all[i]) == "string" then assert(#(all[i] .. i) > 1) end
end
