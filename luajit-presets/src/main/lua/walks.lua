-- Loops over Java objects, in Lua, so that they are compiled. Argument: a table whose first item is another number whenever
-- Java code has run.
local epoch = ...

local MOST = 128 -- steps that are made ready at a time

-- The functions below make iterators. Each asks Java for some steps at once: `refill(taken, limit, position)`, which
-- fills `keys` and `values` and returns their number. Java code that runs in between may change what is walked; so when
-- the epoch is another one, the steps that were made ready are given back, and Java is asked for one step at a time.

local function next_limit(limit, undisturbed)
  if not undisturbed then return 1 end
  return limit < MOST and limit * 2 or MOST
end

-- Positions and items of a list or an array, as it is at each step. The control variable is the position.
local function sequence(refill, _, values)
  local first, at, count, limit, seen = 0, 0, 0, 1, epoch[1]
  return function(_, position)
    local undisturbed = epoch[1] == seen and position == first + at
    if at >= count or not undisturbed then
      limit = next_limit(limit, undisturbed and position ~= 0)
      count = refill(at, limit, position)
      first, at, seen = position, 0, epoch[1]
      if count == 0 then return nil end
    end
    at = at + 1
    return first + at, values[at]
  end
end

-- Keys and values.
local function entries(refill, keys, values)
  local at, count, limit, seen = 0, 0, 0, epoch[1]
  return function()
    local undisturbed = epoch[1] == seen
    if at >= count or not undisturbed then
      limit = next_limit(limit, undisturbed and limit > 0)
      count = refill(at, limit)
      at, seen = 0, epoch[1]
      if count == 0 then return nil end
    end
    at = at + 1
    return keys[at], values[at]
  end
end

-- Items alone, which come as the keys.
local function items(refill, keys)
  local next_entry = entries(refill, keys, keys)
  return function() return (next_entry()) end
end

return sequence, entries, items
