#!/usr/bin/env sh
':' //; exec node -- "$0" "$@"
// The built tool as tests run it: whatever it talks to is on loopback.
require('./loopback-only.cjs')
require('../../bin/wcn.js')
