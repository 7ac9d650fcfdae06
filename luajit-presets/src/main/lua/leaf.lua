-- Leaf functions: functions of Java that compiled code calls without leaving it, by FFI. Their arguments and results are
-- numbers, booleans and strings. Arguments: the ffi library; addresses of the fiber, of the leaf area and of bridge_leaf;
-- a function that gives, or raises, the outcome of a call by its number; the table of what the globals held at the start.
local ffi, fiber_address, slots_address, leaf_address, later, library = ...
local assert, concat, loadstring, rawequal, select, type =
  library.assert, library.table.concat, library.loadstring, library.rawequal, library.select, library.type
local to_string = ffi.string

-- Each is set once, so that it is a constant to the compiler.
local slots = ffi.cast(ffi.typeof([[
  struct {
    union { double number; struct { uint32_t low, high; }; };
    union { const char *text; int64_t integer; };
  } *
]]), slots_address)
local fiber = ffi.cast("void *", fiber_address)
local enter = ffi.cast("int32_t (*)(void *, int32_t, int32_t)", leaf_address)

local BOOLEAN, LONG_STRING = 0xFFFA0000, 0xFFFC0000 -- the upper halves of words in bridge.h

-- Puts an argument into a slot; false if it is none that a leaf function takes.
local function put(slot, value)
  local kind = type(value)
  if kind == "number" then
    slots[slot].number = value
  elseif kind == "string" then
    slots[slot].low, slots[slot].high, slots[slot].text = #value, LONG_STRING, value
  elseif kind == "boolean" then
    slots[slot].low, slots[slot].high = value and 1 or 0, BOOLEAN
  else
    return false
  end
  return true
end

-- Has Java call a leaf function. Functions made of the same template may be many; then what is constant to the compiler
-- here would not be so in them, and the call not a jump.
local function ask(id, count) return enter(fiber, id, count) end

-- The result, by what ask() has returned.
local function result(answer)
  if answer == 0 then return slots[0].number end
  if answer == 4 then return to_string(slots[0].text, slots[0].low) end
  if answer == 1 then return true end
  if answer == 2 then return false end
  if answer == 3 then return nil end
  if answer == 5 then return slots[0].integer end
  return later(slots[0].number)
end

-- What makes functions of so many parameters, before which the receiver comes, or does not.
local function template(count, receiver)
  local names = { receiver and "self" or nil }
  local conditions = { "leaf", receiver and "rawequal(self, object)" or nil }
  for i = 1, count do
    names[#names + 1] = "a" .. i
    conditions[#conditions + 1] = "put(" .. i - 1 .. ", a" .. i .. ")"
  end
  conditions[#conditions + 1] = "select('#', ...) == " .. #names
  return assert(loadstring([[
    local put, ask, result, rawequal, select = ...
    return function(leaf, id, ordinary, object)
      return function(...)
        local ]] .. concat(names, ", ") .. (#names > 0 and " = ..." or "_") .. [[

        if ]] .. concat(conditions, " and ") .. [[ then
          local answer = ask(id, ]] .. count .. [[)
          if answer ~= 6 then return result(answer) end
        end
        return ordinary(...)
      end
    end]], "@[leaf]"))(put, ask, result, rawequal, select)
end

local templates = { [true] = {}, [false] = {} }

-- Makes a function: of the Java object behind it, which it keeps alive; the object's id; the number of its parameters; the
-- function that takes what this one does not; and the receiver, or nil.
return function(leaf, id, count, ordinary, object)
  local known = templates[object ~= nil]
  known[count] = known[count] or template(count, object ~= nil)
  return known[count](leaf, id, ordinary, object)
end
