return { greeting = require("lupa4j.testing.greet").greet("nested") }
