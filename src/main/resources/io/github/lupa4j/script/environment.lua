-- Globals for scripts that run on Bindings of the host's.
--
-- The environment table stays empty, so every access comes here: writes go to Java at once, reads ask Java and
-- then the library. Kept in `kept` are library values, once it is known that no binding hides them, and
-- functions that do not belong into the Bindings. Library tables are copied on first use: what a script does to
-- its `string` table is not seen by others.
local library = ...
local getfenv, getmetatable, next, rawget = library.getfenv, library.getmetatable, library.next, library.rawget
local error, pcall, rawset, require = library.error, library.pcall, library.rawset, library.require
local setmetatable, type = library.setmetatable, library.type

local function copy(source)
  local result = {}
  for key, value in next, source do result[key] = value end
  return result
end

local function is_library(name) return type(library[name]) == "table" end

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

local function own_getfenv(env, original)
  return function(what)
    if what == nil then what = 1 end
    if type(what) == "number" and what > 0 then what = what + 2 end -- this function and pcall
    local ok, found = pcall(original, what)
    if not ok then error(found, 2) end
    return rawget(found, "_G") == found and env or found
  end
end

function own.getfenv(env) return own_getfenv(env, getfenv) end

function own.require(env)
  return function(name)
    if is_library(name) then return env[name] end
    return require(name)
  end
end

function own.module(env)
  return function(name, ...)
    if is_library(name) then error("the library's " .. name .. " cannot be a module of a script's", 2) end
    return library.module(name, ...)
  end
end

function own.package(env)
  local result = copy(library.package)
  local loaded = library.package.loaded
  result.loaded = setmetatable({}, {
    __index = function(_, name)
      if is_library(name) then return env[name] end
      return loaded[name]
    end,
    __newindex = function(self, name, value)
      if is_library(name) then rawset(self, name, value) else loaded[name] = value end
    end,
  })
  return result
end

function own.debug(env)
  local result = copy(library.debug)
  local original = library.debug
  local get, set = original.getmetatable, original.setmetatable
  result.getregistry = nil
  result.getfenv = own_getfenv(env, original.getfenv)
  function result.getmetatable(value)
    if type(value) == "string" then return env.getmetatable(value) end
    return get(value)
  end
  function result.setmetatable(value, meta)
    if type(value) ~= "table" and type(value) ~= "userdata" then
      error("the metatable of all values of a type belongs to the library", 2)
    end
    return set(value, meta)
  end
  return result
end

-- These are empty until something is looked up in them, and look names of packages up afterwards.
for name, known in next, { java = "import", javax = "script", luajava = "bindClass" } do
  own[name] = function()
    local source = library[name]
    local _ = source[known]
    return setmetatable(copy(source), getmetatable(source))
  end
end

local function from_library(env, name)
  local value = library[name]
  if own[name] then return own[name](env) end
  if type(value) == "table" then return copy(value) end
  return value
end

-- A new environment; `read` and `write` are what Java has for it. The functions are its own: a script can get at its metatables,
-- which must lead to nothing that others use.
return function(read, write)
  local env, kept = {}, {}
  setmetatable(env, {
    __index = kept,
    __newindex = function(_, name, value)
      if write(name, value) then
        kept[name] = value
      else
        kept[name] = nil
      end
    end,
  })
  setmetatable(kept, {
    __index = function(_, name)
      local in_library = library[name] ~= nil
      local value, is_null = read(name, in_library)
      if value == nil and in_library and not is_null then
        value = from_library(env, name)
        kept[name] = value
      end
      return value
    end,
  })
  return env
end
