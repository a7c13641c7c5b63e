#!/usr/bin/env sh
':' //; exec node -- "$0" "$@"
// Starts the built tool, or says what is missing for it. CommonJS, since Node starts that fastest. sh runs the line
// above and nothing else; to Node it is a comment. Without its `--` Node would take --env-file for a flag of its own and
// read what comes through a pipe, which `env -S node --` would do as well but for the systems whose env has no -S.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: wcn needs Node.js 20.19 or newer; this is ${process.versions.node}\n`)
  process.exitCode = 2
} else {
  if (major > 22 || (major === 22 && minor > 0)) require('./compile-cache.js').keepCompiledCode(process.env)
  require('../dist/main.cjs').main(process.argv.slice(2))
}
