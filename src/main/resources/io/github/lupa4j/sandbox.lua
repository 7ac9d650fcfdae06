-- Takes away what reaches beyond the script: files, processes, the environment, native code, and what could
-- disturb the host or the state.
local library = ...

local function only(names, source)
  local result = {}
  for _, name in ipairs(names) do result[name] = source[name] end
  return result
end

local safe_os = only({ "clock", "date", "difftime", "exit", "time" }, os)
local unsafe = {
  "collectgarbage", "debug", "dofile", "ffi", "io", "java", "javax", "jit", "loadfile", "luajava", "module", "newproxy",
  "package", "require",
}

for _, globals in ipairs({ _G, library }) do
  for _, name in ipairs(unsafe) do rawset(globals, name, nil) end
  rawset(globals, "os", safe_os)
end
string.dump = nil
