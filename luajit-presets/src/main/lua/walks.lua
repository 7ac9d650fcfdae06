-- Loops over Java objects, in Lua, so that they are compiled. Arguments: a table whose first item is another number whenever
-- Java code has run; and two functions that ask Java:
--   refill(walk, keys, values, taken, limit, position) fills the tables with some steps and returns their number;
--   step(object, walk, taken, position) returns the item, or key, of one step, or what means the end;
-- and rawequal.
local epoch, refill, step, rawequal = ...

local MOST = 128 -- steps that are made ready at a time

-- The functions below make iterators. Each asks Java for some steps at once. Java code that runs in between may change what
-- is walked; so when the epoch is another one, the steps that were made ready are given back, and Java is asked for one step
-- at a time. Arguments: the object, the walk, what means the end.

local function next_limit(limit) return limit < MOST and limit * 2 or MOST end

-- Positions and items of a list or an array, as it is at each step. The control variable is the position.
local function sequence(object, walk, last)
  local values, keys = {}, {}
  local first, at, count, limit, seen = 0, 0, 0, 0, epoch[1]
  return function(_, position)
    if epoch[1] == seen and position == first + at then
      if at >= count then
        limit = limit > 0 and next_limit(limit) or 1
        count = refill(walk, keys, values, at, limit, position)
        first, at, seen = position, 0, epoch[1]
        if count == 0 then return nil end
      end
      at = at + 1
      return first + at, values[at]
    end
    local item = step(object, walk, at, position)
    limit, count, seen = 1, 0, epoch[1]
    if rawequal(item, last) then return nil end
    first, at = position + 1, 0
    return first, item
  end
end

-- Keys and values.
local function entries(_, walk)
  local keys, values = {}, {}
  local at, count, limit, seen = 0, 0, 0, epoch[1]
  return function()
    local undisturbed = epoch[1] == seen
    if at >= count or not undisturbed then
      limit = undisturbed and limit > 0 and next_limit(limit) or 1
      count = refill(walk, keys, values, at, limit)
      at, seen = 0, epoch[1]
      if count == 0 then return nil end
    end
    at = at + 1
    return keys[at], values[at]
  end
end

-- Items alone, which come as the keys.
local function items(object, walk, last)
  local keys, values = {}, {}
  local at, count, limit, seen = 0, 0, 0, epoch[1]
  return function()
    if epoch[1] == seen then
      if at >= count then
        limit = limit > 0 and next_limit(limit) or 1
        count = refill(walk, keys, values, at, limit)
        at, seen = 0, epoch[1]
        if count == 0 then return nil end
      end
      at = at + 1
      return keys[at]
    end
    local item = step(object, walk, at)
    at, count, limit, seen = 1, 0, 1, epoch[1]
    if rawequal(item, last) then return nil end
    return item
  end
end

return sequence, entries, items
