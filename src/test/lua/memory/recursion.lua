-- Recursion that is compiled, and tail calls.
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
assert(fib(18) == 2584)
local function count(n, sum) if n == 0 then return sum end return count(n - 1, sum + 1) end
assert(count(2000, 0) == 2000)
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
for _ = 1, 30 do assert(depth(150) == 150) end
