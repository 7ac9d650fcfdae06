-- Binary trees made, counted and dropped, one of them kept. Small tables: the allocator and the collector.

local function tree(depth)
  if depth == 0 then
    return {}
  end
  return {tree(depth - 1), tree(depth - 1)}
end

local function nodes(node)
  if not node[1] then
    return 1
  end
  return 1 + nodes(node[1]) + nodes(node[2])
end

local function run(depth)
  local kept = tree(depth)
  local sum = 0
  for d = 4, depth, 4 do
    for _ = 1, 2 ^ (depth - d) do
      sum = sum + nodes(tree(d))
    end
  end
  return sum + nodes(kept)
end

return {run = run, size = 14, result = 129979}
