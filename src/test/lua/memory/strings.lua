-- Strings made, cut, searched and formatted.
for i = 1, 300 do
  local text = tostring(i) .. "x" .. i
  local long = text:upper():lower():rep(3)
  assert(#long == #text * 3)
  local from = text:find("x")
  assert(text:sub(1, from - 1) == tostring(i))
  text:gsub("%d", function(digit) return digit + 1 end)
  string.format("%d %s %g", i, text, i)
end
