-- Fills the globals java, javax and luajava when a script first looks into one of them: with metatables that get each
-- member when it is first asked for. Arguments: the table of what the globals held at the start, those three, java.leaf, a
-- function written in Java that gives the others by name, and the names of those that are members of java.
local library, java, javax, luajava, leaf, get_native, native_names = ...
local error, next, rawget, rawset, require = library.error, library.next, library.rawget, library.rawset, library.require
local pairs, pcall, setmetatable, type = library.pairs, library.pcall, library.setmetatable, library.type
local tonumber = library.tonumber

local function weak(mode) return setmetatable({}, { __mode = mode }) end

local native = setmetatable({}, {
  __index = function(self, name)
    local value = get_native(name)
    rawset(self, name, value)
    return value
  end,
})

-- Calls a native function for the script that called or indexed us: an error tells the script's line.
local function ask(name, ...)
  local ok, a, b = pcall(native[name], ...)
  if not ok then error(a, 3) end
  return a, b
end

-- -- Packages ----------------------------------------------------------------------------------------------------------

local package
local packages, package_names = weak("v"), weak("k")

-- A class as it is, the name of a package as the package; either is kept in the table.
local function keep(target, key, member)
  if type(member) == "string" then member = package(member) end
  rawset(target, key, member)
  return member
end

local package_meta = {
  __index = function(self, key)
    if type(key) ~= "string" then return nil end
    local member = ask("member", package_names[self], key)
    return keep(self, key, member)
  end,
  __tostring = function(self) return "java package " .. package_names[self] end,
  __metatable = "java package",
}

function package(name)
  local known = packages[name]
  if not known then
    known = setmetatable({}, package_meta)
    packages[name] = known
    package_names[known] = name
  end
  return known
end

-- -- Members written in Lua ----------------------------------------------------------------------------------------------

local java_members = {}
local luajava_members = {
  bindClass = "type", newInstance = "new", new = "new", createProxy = "create_proxy", loadLib = "load_lib",
}

function java_members.package(name)
  if type(name) ~= "string" then
    error("bad argument #1 to 'package' (string expected, got " .. type(name) .. ")", 2)
  end
  return package(name)
end

function java_members.import(name)
  local found = ask("find", name)
  return type(found) == "string" and package(found) or found
end

java_members.builtins = package("java.lang")
java_members.leaf = leaf

function java_members.iter(object) return (pairs((ask("walk", object)))) end

function java_members.enumerate(object, start) return (pairs((ask("walk_numbered", object, start)))) end

-- By the pointer: the object that owns its memory.
local owners = weak("k")

function java_members.buffer(owner, ctype)
  local address, default = ask("address", owner)
  local ffi = require("ffi")
  local ok, pointer = pcall(ffi.cast, ctype or default, address)
  -- A type that is no pointer's is that of the items; cast to it, the address would be a number.
  if not ok or tonumber(pointer) then
    ok, pointer = pcall(function() return ffi.cast(ffi.typeof("$ *", ffi.typeof(ctype)), address) end)
  end
  if not ok then error(pointer, 2) end
  owners[pointer] = owner
  return pointer
end

-- -- Members on demand ---------------------------------------------------------------------------------------------------

-- By the table: the members that it was given already, or that a script has set. They do not come again.
local given = weak("k")

local function given_to(target)
  local keys = given[target]
  if not keys then
    keys = {}
    given[target] = keys
  end
  return keys
end

-- `members` has the members, or the names of native ones; `root` is the package that gives what is not among them.
local function on_demand(members, root)
  local function find(key)
    local member = members[key]
    if type(member) == "string" then return native[member] end
    if member == nil and root and type(key) == "string" and native.is_package(root .. "." .. key) then
      return package(root .. "." .. key)
    end
    return member
  end
  local function index(self, key)
    local keys = given_to(self)
    if key == nil or keys[key] then return nil end
    local member = find(key)
    if member ~= nil then
      rawset(self, key, member) -- There may be no memory for it: it is noted only when it is there.
      keys[key] = true
    end
    return member
  end
  return {
    __index = index,
    __newindex = function(self, key, value)
      rawset(self, key, value)
      given_to(self)[key] = true
    end,
    __pairs = function(self)
      for key in next, members do
        if rawget(self, key) == nil then index(self, key) end
      end
      return next, self, nil
    end,
  }
end

for i = 1, #native_names do java_members[native_names[i]] = native_names[i] end

local function open(target, meta)
  for key in next, target do given_to(target)[key] = true end
  setmetatable(target, meta)
end

open(java, on_demand(java_members, "java"))
open(javax, on_demand({}, "javax"))
open(luajava, on_demand(luajava_members))
