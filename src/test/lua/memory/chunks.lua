-- Chunks compiled and run.
for i = 1, 60 do
  local chunk = loadstring("local a = " .. i .. " local t = {x = a} local function get() return t.x + a end"
    .. " for _ = 1, 60 do get() end return get()")
  assert(not chunk or chunk() == 2 * i)
end
