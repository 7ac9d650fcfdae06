-- The shortest way to see that everything is there: ./lupa4j examples/hello.lua
print("Hello from " .. jit.version .. ": 6 * 7 = " .. 6 * 7)
