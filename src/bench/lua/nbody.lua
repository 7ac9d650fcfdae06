-- The sun and its four big planets through n steps of 0.01 days. Fields of tables, floating point.

local sqrt = math.sqrt
local SOLAR_MASS = 4 * math.pi * math.pi
local YEAR = 365.24

local function system()
  local bodies = {
    {x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR_MASS},
    { -- Jupiter
      x = 4.84143144246472090, y = -1.16032004402742839, z = -1.03622044471123109e-1,
      vx = 1.66007664274403694e-3 * YEAR, vy = 7.69901118419740425e-3 * YEAR, vz = -6.90460016972063023e-5 * YEAR,
      mass = 9.54791938424326609e-4 * SOLAR_MASS,
    },
    { -- Saturn
      x = 8.34336671824457987, y = 4.12479856412430479, z = -4.03523417114321381e-1,
      vx = -2.76742510726411021e-3 * YEAR, vy = 4.99852801234917238e-3 * YEAR, vz = 2.30417297573763929e-5 * YEAR,
      mass = 2.85885980666130812e-4 * SOLAR_MASS,
    },
    { -- Uranus
      x = 1.28943695621391310e+1, y = -1.51111514016986312e+1, z = -2.23307578892655734e-1,
      vx = 2.96460137564761618e-3 * YEAR, vy = 2.37847173959480950e-3 * YEAR, vz = -2.96589568540237556e-5 * YEAR,
      mass = 4.36624404335156298e-5 * SOLAR_MASS,
    },
    { -- Neptune
      x = 1.53796971148509165e+1, y = -2.59193146099879641e+1, z = 1.79258772950371181e-1,
      vx = 2.68067772490389322e-3 * YEAR, vy = 1.62824170038242295e-3 * YEAR, vz = -9.51592254519715870e-5 * YEAR,
      mass = 5.15138902046611451e-5 * SOLAR_MASS,
    },
  }
  -- The sun moves so that the whole rests.
  local px, py, pz = 0, 0, 0
  for _, b in ipairs(bodies) do
    px, py, pz = px + b.vx * b.mass, py + b.vy * b.mass, pz + b.vz * b.mass
  end
  local sun = bodies[1]
  sun.vx, sun.vy, sun.vz = -px / SOLAR_MASS, -py / SOLAR_MASS, -pz / SOLAR_MASS
  return bodies
end

local function energy(bodies)
  local sum = 0
  for i, b in ipairs(bodies) do
    sum = sum + 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    for j = i + 1, #bodies do
      local c = bodies[j]
      local dx, dy, dz = b.x - c.x, b.y - c.y, b.z - c.z
      sum = sum - b.mass * c.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return sum
end

local function advance(bodies, count, dt)
  for i = 1, count do
    local b = bodies[i]
    local x, y, z, mass = b.x, b.y, b.z, b.mass
    local vx, vy, vz = b.vx, b.vy, b.vz
    for j = i + 1, count do
      local c = bodies[j]
      local dx, dy, dz = x - c.x, y - c.y, z - c.z
      local square = dx * dx + dy * dy + dz * dz
      local pull = dt / (square * sqrt(square))
      local other, own = c.mass * pull, mass * pull
      vx, vy, vz = vx - dx * other, vy - dy * other, vz - dz * other
      c.vx, c.vy, c.vz = c.vx + dx * own, c.vy + dy * own, c.vz + dz * own
    end
    b.vx, b.vy, b.vz = vx, vy, vz
    b.x, b.y, b.z = x + dt * vx, y + dt * vy, z + dt * vz
  end
end

local function run(n)
  local bodies = system()
  for _ = 1, n do
    advance(bodies, #bodies, 0.01)
  end
  return string.format("%.9f", energy(bodies))
end

return {run = run, size = 200000, result = "-0.169083713"}
