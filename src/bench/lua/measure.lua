-- Runs a kernel again and again in this state and prints its name, the least and the median time of a run in
-- nanoseconds. The time is CPU time of the thread, asked of the system in the same way wherever Lua runs.
--
--   luajit src/bench/lua/measure.lua src/bench/lua mandelbrot

local folder, name, runs = ...
local ffi = require "ffi"

ffi.cdef [[
typedef struct { long seconds, nanoseconds; } lupa4j_bench_time;
int clock_gettime(int clock, lupa4j_bench_time *time);
]]

local CLOCK_THREAD_CPUTIME_ID = 3
local time = ffi.new "lupa4j_bench_time"

local function now()
  ffi.C.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time)
  return tonumber(time.seconds) * 1e9 + tonumber(time.nanoseconds)
end

-- A kernel's file returns {run = function(size), size = number, result = what run(size) returns}.
local kernel = dofile(folder .. "/" .. name .. ".lua")
local times = {}
for i = 1, tonumber(runs or 7) do
  local start = now()
  local result = kernel.run(kernel.size)
  times[i] = now() - start
  if result ~= kernel.result then
    error(name .. ": " .. tostring(result) .. " instead of " .. tostring(kernel.result))
  end
end
table.sort(times)
print(string.format("%s %.0f %.0f", name, times[1], times[math.floor((#times + 1) / 2)]))
