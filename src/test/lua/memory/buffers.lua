-- string.buffer, and what it encodes.
local buffer = require "string.buffer"
local b = buffer.new()
for i = 1, 300 do
  b:put(i, " ", i * 2, "x")
  b:putf("%d", i)
  if i % 50 == 0 then
    assert(#b:tostring() > 0)
    b:reset()
  end
end
for i = 1, 50 do
  assert(buffer.decode(buffer.encode({1, 2, {a = i}}))[3].a == i)
end
