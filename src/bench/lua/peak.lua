-- Prints the KiB that binary-trees has at most, garbage included.
--
--   luajit src/bench/lua/peak.lua src/bench/lua

local folder = ...
local kernel = dofile(folder .. "/binary-trees.lua")
local peak = 0
debug.sethook(function()
  local used = collectgarbage "count"
  if used > peak then peak = used end
end, "", 1000)
for _ = 1, 5 do kernel.run(kernel.size) end
debug.sethook()
print(peak)
