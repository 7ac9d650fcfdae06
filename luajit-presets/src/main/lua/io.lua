-- The io library on the host's streams. io.stdin, io.stdout and io.stderr are Java's; files opened by name
-- stay those of the C library.
local originals, host, streams = ...
local type, select = type, select
local find, match, tostring = string.find, string.match, tostring
local host_write, host_read, host_flush = host.write, host.read, host.flush
local error = host.error -- with the position of the script
local file_type, file_open, file_lines, file_close =
  originals.type, originals.open, originals.lines, originals.close

local io = {}
local methods = {}
local stdin, stdout, stderr, meta = streams[1], streams[2], streams[3], streams[4]
local stream_of = { [stdin] = 0, [stdout] = 1, [stderr] = 2 }

local function bad_argument(i, name, message)
  error("bad argument #" .. i .. " to '" .. name .. "' (" .. message .. ")")
end

-- The number of a stream; what is none was given with a dot in the place of a colon.
local function number_of(self, name)
  local stream = stream_of[self]
  if not stream then
    bad_argument(1, name, "FILE* expected, got " .. (self == nil and "no value" or type(self)))
  end
  return stream
end

function methods:write(...)
  local stream = number_of(self, "write")
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local kind = type(value)
    if kind == "number" then
      value = tostring(value)
    elseif kind ~= "string" then
      bad_argument(i, "write", "string expected, got " .. (value == nil and "nil" or kind))
    end
    host_write(stream, value)
  end
  return self
end

local function read_format(format, i)
  if type(format) == "number" then return host_read("c", format) end
  local kind = type(format) == "string" and find(format, "^%*?[nlLa]") and match(format, "[nlLa]")
  if not kind then bad_argument(i, "read", "invalid format") end
  return host_read(kind, 0)
end

local function read_from(i, n, format, ...)
  local value = read_format(format, i)
  if value == nil or i == n then return value end
  return value, read_from(i + 1, n, ...)
end

function methods:read(...)
  number_of(self, "read")
  local n = select("#", ...)
  if n == 0 then return host_read("l", 0) end
  return read_from(1, n, ...)
end

function methods:lines(...)
  number_of(self, "lines")
  local n, a, b = select("#", ...), ...
  return function()
    if n == 0 then return host_read("l", 0) end
    return self:read(a, b)
  end
end

function methods:flush()
  host_flush(number_of(self, "flush"))
  return self
end

function methods:close() return nil, "the host's streams stay open" end
function methods:seek() return nil, "the host's streams have no position" end
function methods:setvbuf() return true end

meta.__index = methods
local input, output = stdin, stdout

function io.type(value)
  if stream_of[value] then return "file" end
  return file_type(value)
end

local function choose(current, file, mode)
  if file == nil then return current end
  if type(file) == "string" then
    local opened, message = file_open(file, mode)
    if not opened then error(message) end
    return opened
  end
  if not io.type(file) then error("bad argument #1 (file expected)") end
  return file
end

function io.input(file)
  input = choose(input, file, "r")
  return input
end

function io.output(file)
  output = choose(output, file, "w")
  return output
end

function io.write(...) return output:write(...) end
function io.read(...) return input:read(...) end
function io.flush() return output:flush() end

function io.close(file)
  if file == nil then file = output end
  if stream_of[file] then return file:close() end
  return file_close(file)
end

function io.lines(name, ...)
  if name == nil then return input:lines(...) end
  return file_lines(name, ...)
end

return io
