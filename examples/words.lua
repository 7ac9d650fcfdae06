-- The words that are most frequent in the standard input: ./lupa4j examples/words.lua 3 < README.md
local limit = tonumber(arg[1]) or 10

local count, words = {}, {}
for line in io.lines() do
  for word in line:lower():gmatch("%a+") do
    if not count[word] then
      count[word] = 0
      words[#words + 1] = word
    end
    count[word] = count[word] + 1
  end
end

table.sort(words, function(a, b)
  if count[a] ~= count[b] then return count[a] > count[b] end
  return a < b
end)
for i = 1, math.min(limit, #words) do
  print(count[words[i]], words[i])
end
