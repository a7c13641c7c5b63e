/** Packets that leave: the guard that all tests stand under does fail them, and nothing that is made up here is anybody's. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parseIpv4, reservedRange } from '../../src/base/ipv4.js'
import { addonFile } from '../support/addon-file.js'
import { cleanEnvironment, sandbox, wcn } from '../support/cli.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guard = fileURLToPath(new URL('../support/loopback-only.cjs', import.meta.url))
const run = promisify(execFile)
const box = sandbox()
afterAll(box.remove)
let runs = 0

describe('the guard', () => {
  /** What it wrote down while that ran. */
  async function straysOf(script: string): Promise<string> {
    const file = box.path(`strays-${++runs}`)
    await run(process.execPath, ['--require', guard, '--input-type=module', '-e', script, 'a script'], {
      cwd: root,
      env: cleanEnvironment({ WCN_TEST_STRAYS: file }),
    })
    return readStrays(file)
  }
  const readStrays = (file: string) => execFileSync('cat', ['--', file], { encoding: 'utf8' })

  it.each([
    ['TCP', `import net from 'node:net'; net.connect(9, '203.0.113.1').on('error', () => {})`, 'connect 203.0.113.1:9'],
    [
      'TLS',
      `import { get } from 'node:https'; get('https://[2001:db8::1]/').on('error', () => {})`,
      'connect 2001:db8::1:443',
    ],
    ['a name', `await fetch('http://host.example').catch(() => {})`, 'connect host.example:80'],
    [
      'UDP',
      `import { createSocket } from 'node:dgram'
       const socket = createSocket('udp4'); socket.send('text', 9, '203.0.113.2', () => socket.close())`,
      'send 203.0.113.2:9',
    ],
    [
      'connected UDP',
      `import { createSocket } from 'node:dgram'
       const socket = createSocket('udp4').on('error', () => socket.close()); socket.connect(9, '203.0.113.3')`,
      'connect 203.0.113.3:9',
    ],
  ])('notices %s', async (_, script, stray) => {
    expect(await straysOf(script)).toBe(`${stray} by a script\n`)
  })

  it.runIf(addonFile !== null)('notices the QUIC addon', async () => {
    const script = `import { createRequire } from 'node:module'
      const { Client } = createRequire(import.meta.url)('${addonFile?.path}')
      await Client.prototype.outboundConnection.call({}, '203.0.113.4', 9).catch(() => {})`
    expect(await straysOf(script)).toBe('quic 203.0.113.4:9 by a script\n')
  })

  it('notices the built tool, and lets it go to loopback', async () => {
    const WCN_TEST_STRAYS = box.path('strays-of-wcn')
    const view = (host: string) => {
      const flags = ['--contract-address', `0x${'1'.repeat(40)}`, '--rpc-url', `http://${host}:9`, '--timeout', '5s']
      return wcn(['cluster', 'view', ...flags], { env: { WCN_TEST_STRAYS } })
    }
    expect((await view('127.0.0.1')).code).toBe(5)
    expect((await view('203.0.113.5')).code).toBe(5)
    expect(
      new Set(
        readStrays(WCN_TEST_STRAYS)
          .replace(/ by .*/g, '')
          .trim()
          .split('\n'),
      ),
    ).toEqual(new Set(['connect 203.0.113.5:9']))
  })
})

it('the demo, and all that it starts, stays on loopback', async () => {
  const strays = box.path('strays-of-demo')
  const env = cleanEnvironment({
    WCN_TEST_STRAYS: strays,
    NODE_OPTIONS: `--require "${guard}"`,
    WCN_STATE_DIR: box.path('state'),
  })
  const { stdout } = await run(process.execPath, [`${root}/scripts/demo.mjs`, '--no-keep'], { cwd: box.path('.'), env })
  expect(stdout).toContain('Nothing runs any more')
  expect(existsSync(strays)).toBe(false)
})

describe('addresses that are made up', () => {
  const shipped = ['README.md', '.env.example', 'docs', 'scripts', 'src', 'bin']
  const files = execFileSync('git', ['ls-files', '-z', '--', ...shipped], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && !file.endsWith('contracts.json'))

  it('are for documentation, loopback, or of no public range', () => {
    expect(files.length).toBeGreaterThan(100)
    const addresses = files.flatMap((file) =>
      [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g)].map(
        ([address]) => ({ file, address }),
      ),
    )
    expect(addresses.length).toBeGreaterThan(30)
    expect(addresses.filter(({ address, file }) => reservedRange(parseIpv4(address, file)) === null)).toEqual([])
  })
})
