-- The words that spec files are written in:
--
--   describe("a noun", function()
--     before_each(function() ... end)
--     it("does something", function()
--       expect(1 + 1):equals(2)
--     end)
--   end)
--
-- Loading a spec file only collects its tests; the runner (LuaSpecTest) runs each of them by itself. A test that
-- expects nothing fails.
local tests = {}
local path, hooks = {}, {}
local expectations = 0

local function copy(list)
  local result = {}
  for i, item in ipairs(list) do result[i] = item end
  return result
end

function describe(name, body)
  path[#path + 1] = name
  hooks[#hooks + 1] = { before = {}, after = {} }
  body()
  path[#path] = nil
  hooks[#hooks] = nil
end

function before_each(hook)
  local list = hooks[#hooks].before
  list[#list + 1] = hook
end

function after_each(hook)
  local list = hooks[#hooks].after
  list[#list + 1] = hook
end

local function call_hooks(levels, kind)
  for _, level in ipairs(levels) do
    for _, hook in ipairs(level[kind]) do hook() end
  end
end

function it(name, body)
  local levels = copy(hooks)
  local group = table.concat(path, " ")
  local position = debug.getinfo(body, "S").linedefined
  local function run()
    expectations = 0
    call_hooks(levels, "before")
    local ok, err = xpcall(body, function(e) return e end)
    call_hooks(levels, "after")
    if not ok then error(err, 0) end
    if expectations == 0 then error(("line %d: this test expects nothing"):format(position), 0) end
  end
  tests[#tests + 1] = { group = group, name = name, line = position, run = run }
end

-- -- Showing values --------------------------------------------------------------------------------------------------

local function show(value, seen)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" or (getmetatable(value) or {}).__tostring then
    return ("%s (a %s)"):format(tostring(value), type(value))
  end
  seen = seen or {}
  if seen[value] then return "..." end
  seen[value] = true
  local parts, count = {}, #value
  for i = 1, count do parts[i] = show(value[i], seen) end
  for k, v in next, value do
    if not (type(k) == "number" and k >= 1 and k <= count and k % 1 == 0) then
      parts[#parts + 1] = ("[%s] = %s"):format(show(k, seen), show(v, seen))
    end
  end
  seen[value] = nil
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- -- Expectations ------------------------------------------------------------------------------------------------------

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b or (a ~= a and b ~= b) end
  for k, v in next, a do
    if not same(v, b[k]) then return false end
  end
  for k in next, b do
    if a[k] == nil then return false end
  end
  return true
end

local expectation = {}
expectation.__index = expectation

-- Fails with the message, in which $1 and $2 stand for the values shown. To be called from a method that the test
-- calls: the error tells the test's line.
local function check(ok, message, ...)
  expectations = expectations + 1
  if ok then return end
  local values = { ... }
  local text = message:gsub("%$(%d)", function(i) return show(values[tonumber(i)]) end)
  error(text, 3)
end

function expectation:equals(expected)
  local actual = self.value
  check(actual == expected, "expected $2, got $1", actual, expected)
end

function expectation:differs_from(other)
  local actual = self.value
  check(actual ~= other, "expected anything but $1", actual)
end

-- The very same value, metamethods left out.
function expectation:is(expected)
  local actual = self.value
  check(rawequal(actual, expected), "expected $2 itself, got $1", actual, expected)
end

-- Tables with the same contents.
function expectation:looks_like(expected)
  local actual = self.value
  check(same(actual, expected), "expected $2, got $1", actual, expected)
end

function expectation:is_nil()
  local actual = self.value
  check(actual == nil, "expected nil, got $1", actual)
end

function expectation:is_true()
  local actual = self.value
  check(actual == true, "expected true, got $1", actual)
end

function expectation:is_false()
  local actual = self.value
  check(actual == false, "expected false, got $1", actual)
end

function expectation:is_a(kind)
  local actual = self.value
  check(type(actual) == kind, "expected a $2, got $1", actual, kind)
end

function expectation:is_near(expected, tolerance)
  local actual = self.value
  check(math.abs(actual - expected) <= (tolerance or 1e-9), "expected nearly $2, got $1", actual, expected)
end

function expectation:matches(pattern)
  local actual = self.value
  check(tostring(actual):find(pattern), "expected something like $2, got $1", actual, pattern)
end

-- Text that contains this one, taken literally.
function expectation:contains(text)
  local actual = self.value
  check(tostring(actual):find(text, 1, true), "expected something with $2, got $1", actual, text)
end

-- A function that fails, with an error that contains the text. Gives the error value.
function expectation:fails_with(text)
  local ok, err = pcall(self.value)
  check(not ok, "expected an error with $1, got none", text)
  local message = tostring(err)
  check(message:find(text, 1, true), "expected an error with $2, got $1", message, text)
  return err
end

-- The values of a function call, nils included.
function expectation:gives(...)
  local expected, actual = { n = select("#", ...), ... }, { n = 0 }
  local function keep(...) actual = { n = select("#", ...), ... } end
  keep(self.value())
  check(same(actual, expected), "expected the results $2, got $1", actual, expected)
end

function expect(value) return setmetatable({ value = value }, expectation) end

return tests
