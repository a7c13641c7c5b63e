/** `cluster watch --node`, the built tool and a stand-in of a rehearsal network: no RPC provider is told of. */
import { describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { wcn, wcnJson } from '../support/cli.js'
import { useRehearsal } from '../support/rehearsal.js'
import { quicAvailable } from '../support/stand-ins.js'

const net = useRehearsal()
const as = async (line: readonly string[]) =>
  expect(await wcn([...line, line[0] === 'devnet' ? '--out' : '--env-file', net.envFile])).toMatchObject({ code: 0 })
const parsed = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).data)

describe.skipIf(!quicAvailable)('heard from a node', () => {
  const ports = async () => {
    const { data } = await wcnJson(['nodes', 'list', '--env-file', net.envFile])
    return (data as { nodes: { primary_port: number; secondary_port: number }[] }).nodes
  }

  it('what happens is told, also after the node was away, and with the key also from where to where', async () => {
    const [, node] = await ports()
    const env = { SMART_CONTRACT_ENCRYPTION_KEY: net.variables.SMART_CONTRACT_ENCRYPTION_KEY ?? '' }
    const watch = startWcn(['cluster', 'watch', '--node', `127.0.0.1:${node?.primary_port}`, '--json'], { env })
    await watch.until('"from":{')
    await as(['operator', 'rename', 'heard', '--yes'])
    await watch.until('to \\"heard\\"')
    await as(['maintenance', 'enter', '--yes'])
    await watch.until('entered maintenance')
    await as(['devnet', 'break', '0/1', 'closed'])
    await as(['maintenance', 'exit', '--yes'])
    await as(['nodes', 'update', '0', '--primary-port', '4010', '--yes'])
    await as(['devnet', 'mend', '0/1'])
    await watch.until('4010')
    watch.interrupt('SIGINT')
    const { code, stdout, stderr } = await watch.ended
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('no node of the cluster')
    const [start, ...told] = parsed(stdout)
    expect(start).toMatchObject({
      from: { node: `127.0.0.1:${node?.primary_port}`, version: 1, contract: null, block: null },
      event: null,
    })
    expect(told.map(({ event }) => [event.event, event.version, event.block])).toEqual([
      ['operator-updated', 2, null],
      ['maintenance-entered', 3, null],
      ['maintenance-left', null, null],
      ['operator-updated', null, null],
    ])
    expect(told.map(({ event }) => event.words.replace(/^.*\) /, ''))).toEqual([
      'changed its name from "Aurora Labs" to "heard"',
      'entered maintenance',
      'is in maintenance no more',
      expect.stringMatching(/^changed node 0: primary port \d+ → 4010$/),
    ])
  })

  it('from somebody who is not listed, it comes with a warning', async () => {
    const [, node] = await ports()
    await as(['devnet', 'break', '0/1', 'wrong-key'])
    const watch = startWcn(['cluster', 'watch', '--node', `127.0.0.1:${node?.primary_port}`, '--json'])
    await watch.until('"from":{')
    watch.interrupt('SIGINT')
    const { code, stderr } = await watch.ended
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/warning: 12D3Koo\w+ at 127\.0\.0\.1:\d+ is no node of the cluster that it shows/)
    await as(['devnet', 'mend', '0/1'])
  })

  it('of another port, or of nobody, it is refused', async () => {
    const [node] = await ports()
    for (const port of [node?.secondary_port, 1]) {
      const refused = await wcnJson(['cluster', 'watch', '--node', `127.0.0.1:${port}`])
      expect(refused).toMatchObject({
        code: 5,
        error: { code: 'NETWORK', message: expect.stringContaining(`at 127.0.0.1:${port} can't be listened to: `) },
      })
    }
  })
})
