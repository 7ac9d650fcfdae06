-- Errors that are caught, with tracebacks.
for i = 1, 300 do
  local ok, e = pcall(function() if i % 3 == 0 then error({i}) end return i end)
  assert(ok and e == i or not ok)
  xpcall(function() error("x") end, function(message) return tostring(message) .. debug.traceback() end)
end
