-- Globals for scripts that run on Bindings of the host's.
--
-- The environment table stays empty, so every access comes here: writes go to Java at once, reads ask Java and
-- then the library. Kept in `kept` are library values, once it is known that no binding hides them, and
-- functions that do not belong into the Bindings. Library tables are copied on first use: what a script does to
-- its `string` table is not seen by others.
local library, read, write = ...
local getfenv, getmetatable, next, rawget = library.getfenv, library.getmetatable, library.next, library.rawget
local require, setmetatable, type = library.require, library.setmetatable, library.type

local function copy(source)
  local result = {}
  for key, value in next, source do result[key] = value end
  return result
end

-- What would lead a script to the shared library leads to its own copy instead.
local own = {}

function own._G(env) return env end

function own.getmetatable(env)
  local strings
  return function(...)
    if type((...)) ~= "string" then return getmetatable(...) end
    strings = strings or { __index = env.string }
    return strings
  end
end

function own.getfenv(env)
  return function(what)
    if type(what) == "number" and what > 0 then what = what + 1 end
    if what == nil then what = 2 end
    local found = getfenv(what)
    return rawget(found, "_G") == found and env or found
  end
end

function own.require(env)
  return function(name)
    if type(library[name]) == "table" then return env[name] end
    return require(name)
  end
end

function own.package(env)
  local result = copy(library.package)
  local loaded = setmetatable({}, { __index = result.loaded, __newindex = result.loaded })
  for name, value in next, library do
    if type(value) == "table" then loaded[name] = nil end
  end
  result.loaded = setmetatable({}, {
    __index = function(_, name)
      if type(library[name]) == "table" then return env[name] end
      return loaded[name]
    end,
    __newindex = library.package.loaded,
  })
  return result
end

local function from_library(env, name)
  local value = library[name]
  if own[name] then return own[name](env) end
  if type(value) == "table" then return copy(value) end
  return value
end

-- A new environment; `scope` is how Java knows it.
return function(scope)
  local env, kept = {}, {}
  setmetatable(env, {
    __index = kept,
    __newindex = function(_, name, value)
      if write(scope, name, value) then
        kept[name] = value
      else
        kept[name] = nil
      end
    end,
  })
  setmetatable(kept, {
    __index = function(_, name)
      local in_library = library[name] ~= nil
      local value, found = read(scope, name, in_library)
      if not found and in_library then
        value = from_library(env, name)
        kept[name] = value
      end
      return value
    end,
  })
  return env, kept
end
