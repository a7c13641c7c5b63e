/**
 * Nothing that tests run may talk to a machine of anybody else. Loaded before the tool and before every test file: a
 * connection or datagram to anything but loopback is not made, and is written down; use-loopback-only.ts fails the test.
 */
const { appendFileSync } = require('node:fs')
const { join } = require('node:path')

/** Of tests of this guard only: their own. */
const STRAYS = process.env.WCN_TEST_STRAYS ?? join(__dirname, '../../node_modules/.strays')
const PATCHED = Symbol.for('wcn.test.loopback-only')

function isLoopback(host) {
  const name = String(host)
    .toLowerCase()
    .replace(/^\[|\]$|\.$/g, '')
    .replace(/^::ffff:/, '')
  return name === 'localhost' || name === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(name)
}

/** Null where it may go there. */
function refuse(host, port, how) {
  if (isLoopback(host)) return null
  appendFileSync(STRAYS, `${how} ${host}:${port} by ${process.argv.slice(1).join(' ')}\n`)
  return Object.assign(new Error(`tests talk to loopback only, not to ${host}`), { code: 'ENETUNREACH', syscall: how })
}

function guardTcp() {
  const net = require('node:net')
  const { connect } = net.Socket.prototype
  net.Socket.prototype.connect = function (...args) {
    const [options] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args)
    const error = options.path ? null : refuse(options.host ?? 'localhost', options.port, 'connect')
    if (error === null) return connect.apply(this, args)
    process.nextTick(() => this.destroy(error))
    return this
  }
}

function guardUdp() {
  const { Socket } = require('node:dgram')
  const { connect, send } = Socket.prototype
  // A message may be text as well, so the address is looked for behind it.
  const hostIn = (args) => args.find((value, at) => at > 0 && typeof value === 'string') ?? 'localhost'
  for (const [name, original] of Object.entries({ connect, send }))
    Socket.prototype[name] = function (...args) {
      const error = refuse(hostIn(args), args.find(Number.isInteger), name)
      if (error === null) return original.apply(this, args)
      const done = args.at(-1)
      process.nextTick(() => (name === 'send' && typeof done === 'function' ? done(error) : this.emit('error', error)))
      return this
    }
}

/** The QUIC addon opens sockets of its own. */
function guardQuic() {
  const { dlopen } = process
  process.dlopen = function (module, ...rest) {
    const result = dlopen.call(this, module, ...rest)
    const client = module.exports?.Client?.prototype
    if (client?.outboundConnection) {
      const { outboundConnection } = client
      client.outboundConnection = async function (ip, port) {
        const error = refuse(ip, port, 'quic')
        if (error) throw error
        return outboundConnection.call(this, ip, port)
      }
    }
    return result
  }
}

if (!globalThis[PATCHED]) {
  globalThis[PATCHED] = true
  guardTcp()
  guardUdp()
  guardQuic()
}

module.exports = { STRAYS }
