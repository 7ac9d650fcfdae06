-- The pixels of an n by n picture of the Mandelbrot set that lie in it. Floating point in a tight loop.

local LIMIT = 50

local function inside(cr, ci)
  local r, i, rr, ii = 0, 0, 0, 0
  for _ = 1, LIMIT do
    i = 2 * r * i + ci
    r = rr - ii + cr
    rr, ii = r * r, i * i
    if rr + ii > 4 then
      return false
    end
  end
  return true
end

local function run(n)
  local count = 0
  for y = 0, n - 1 do
    local ci = 2 * y / n - 1
    for x = 0, n - 1 do
      if inside(2 * x / n - 1.5, ci) then
        count = count + 1
      end
    end
  end
  return count
end

return {run = run, size = 400, result = 63528}
