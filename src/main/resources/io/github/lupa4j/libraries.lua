-- Takes away libraries: arguments are the table of what the globals held at the start, and the names of libraries.
local library, missing = ...

-- What may be gone when it is needed.
local ipairs, rawset, type, pcall, require = ipairs, rawset, type, pcall, require
local loaded, preload = package and package.loaded, package and package.preload
local string_meta = getmetatable("")

local basic = {
  "assert", "collectgarbage", "dofile", "error", "gcinfo", "getfenv", "getmetatable", "ipairs", "load", "loadfile",
  "loadstring", "newproxy", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "select",
  "setfenv", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall",
}
local globals_of = {
  base = basic,
  package = { "package", "require", "module" },
  java = { "java", "javax", "luajava" },
}

-- A 64-bit integer would open ffi again, and put it back among the loaded modules.
if require then pcall(require, "ffi") end

for _, name in ipairs(missing) do
  local globals = globals_of[name] or { name }
  for _, global in ipairs(globals) do
    rawset(_G, global, nil)
    rawset(library, global, nil)
    if loaded and global ~= "package" then loaded[global] = nil end
  end
  if loaded and name == "package" then loaded.package = nil end
  if preload then preload[name] = nil end
  if name == "string" and type(string_meta) == "table" then string_meta.__index = nil end
end
