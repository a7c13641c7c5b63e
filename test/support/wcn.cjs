#!/usr/bin/env sh
':' //; exec node -- "$0" "$@"
// The built tool as tests run it: whatever it talks to is on loopback.
require('./loopback-only.cjs')
if (process.env.WCN_TEST_WITHOUT_ADDON)
  process.dlopen = () => {
    throw Object.assign(new Error('no addon'), { code: 'MODULE_NOT_FOUND' })
  }
require('../../bin/wcn.js')
