-- The spectral norm of an n by n corner of an infinite matrix, by the power method. Division, array reads.

local function element(i, j)
  local d = i + j - 1
  return 1 / (d * (d - 1) * 0.5 + i)
end

local function times(x, y, n)
  for i = 1, n do
    local sum = 0
    for j = 1, n do
      sum = sum + x[j] * element(i, j)
    end
    y[i] = sum
  end
end

local function times_transposed(x, y, n)
  for i = 1, n do
    local sum = 0
    for j = 1, n do
      sum = sum + x[j] * element(j, i)
    end
    y[i] = sum
  end
end

local function run(n)
  local u, v, t = {}, {}, {}
  for i = 1, n do
    u[i] = 1
  end
  for _ = 1, 10 do
    times(u, t, n)
    times_transposed(t, v, n)
    times(v, t, n)
    times_transposed(t, u, n)
  end
  local uv, vv = 0, 0
  for i = 1, n do
    uv, vv = uv + u[i] * v[i], vv + v[i] * v[i]
  end
  return string.format("%.9f", math.sqrt(uv / vv))
end

return {run = run, size = 400, result = "1.274224081"}
