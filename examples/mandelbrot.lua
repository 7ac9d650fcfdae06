-- One line of a picture of the Mandelbrot set; Mandelbrot.java runs it:
-- ./lupa4j --java examples/Mandelbrot.java mandelbrot.png
local LIMIT = 92

-- A character for each number of steps, so that a line is a string: '!' for none, '}' for LIMIT.
local shade = {}
for steps = 0, LIMIT do shade[steps] = string.char(33 + steps) end

local function steps_to_escape(cr, ci)
  local zr, zi = cr, ci
  for steps = 0, LIMIT - 1 do
    local zr2, zi2 = zr * zr, zi * zi
    if zr2 + zi2 > 4 then return steps end
    zr, zi = zr2 - zi2 + cr, 2 * zr * zi + ci
  end
  return LIMIT
end

-- The part of the plane from -2-1.25i to 0.5+1.25i.
function line(y, size)
  local pixels = {}
  local ci = 2.5 * y / size - 1.25
  for x = 0, size - 1 do
    pixels[x + 1] = shade[steps_to_escape(2.5 * x / size - 2, ci)]
  end
  return table.concat(pixels)
end
