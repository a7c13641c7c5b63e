#!/usr/bin/env node
// Starts the built tool, or says what is missing for it. CommonJS, since Node starts that fastest.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: wcn needs Node.js 20.19 or newer; this is ${process.versions.node}\n`)
  process.exitCode = 2
} else {
  require('../dist/main.cjs').main(process.argv.slice(2))
}
