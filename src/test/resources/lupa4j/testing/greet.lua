#!/usr/bin/env lua
loaded_count = (loaded_count or 0) + 1
local M = { name = ... }
function M.greet(who) return "hello " .. who end
function M.fail() error("from a resource") end
return M
