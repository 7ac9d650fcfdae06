-- Reversals that bring 1 to the front, over all permutations of n numbers. Array reads and writes, branches.

local function flips(permutation, work, n)
  local first = permutation[1]
  if first == 1 then
    return 0
  end
  for i = 2, n do
    work[i] = permutation[i]
  end
  local count = 0
  repeat
    local i, j = 2, first - 1
    while i < j do
      work[i], work[j] = work[j], work[i]
      i, j = i + 1, j - 1
    end
    work[first], first = first, work[first]
    count = count + 1
  until first == 1
  return count
end

-- The next permutation in the order that swaps or rotates ever longer beginnings; false after the last.
local function advance(permutation, counters, n, even)
  if even then
    permutation[1], permutation[2] = permutation[2], permutation[1]
    return true
  end
  permutation[2], permutation[3] = permutation[3], permutation[2]
  for i = 3, n do
    if counters[i] ~= 1 then
      counters[i] = counters[i] - 1
      return true
    end
    if i == n then
      return false
    end
    counters[i] = i
    local first = permutation[1]
    for j = 1, i do
      permutation[j] = permutation[j + 1]
    end
    permutation[i + 1] = first
  end
end

local function run(n)
  local permutation, work, counters = {}, {}, {}
  for i = 1, n do
    permutation[i], work[i], counters[i] = i, i, i
  end
  local most, checksum, even = 0, 0, true
  repeat
    local count = flips(permutation, work, n)
    most = math.max(most, count)
    checksum = checksum + (even and count or -count)
    local more = advance(permutation, counters, n, even)
    even = not even
  until not more
  return checksum .. " " .. most
end

return {run = run, size = 9, result = "8629 30"}
