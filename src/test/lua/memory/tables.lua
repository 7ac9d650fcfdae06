-- Tables that grow, shrink, are sorted, joined and walked.
local t = {}
for i = 1, 500 do
  t[#t + 1] = i
  t["k" .. i] = i
end
for i = 1, 500 do
  assert(t[i] == i)
  t["k" .. i] = nil
end
table.sort(t, function(a, b) return a > b end)
assert(t[1] == 500)
for i = 1, 200 do
  table.insert(t, i)
  table.remove(t, 1)
end
assert(#table.concat(t, ",") > 500)
for _, v in pairs(t) do assert(v) end
for i, v in ipairs(t) do assert(t[i] == v) end
