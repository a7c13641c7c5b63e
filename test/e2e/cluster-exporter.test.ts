/** `cluster exporter`, the built tool on a rehearsal network: a node that goes is seen to go, and Ctrl-C ends it. */
import { describe, expect, it } from 'vitest'
import { samplesOf } from '../../src/peer/protocol/metrics-text.js'
import { startWcn } from '../support/background.js'
import { wcn, wcnJson } from '../support/cli.js'
import { useRehearsal } from '../support/rehearsal.js'
import { quicAvailable } from '../support/stand-ins.js'

const net = useRehearsal()

describe.skipIf(!quicAvailable)('what is collected', () => {
  it('is the cluster as it was last seen', async () => {
    const args = [
      'cluster',
      'exporter',
      '--listen',
      '127.0.0.1:0',
      '--interval',
      '1s',
      '--json',
      '--env-file',
      net.envFile,
    ]
    const exporter = startWcn(args)
    await exporter.until('"url"')
    const url = exporter.said(/http:[^"]+/)
    const up = async () => samplesOf(await (await fetch(url)).text(), 'wcn_node_up').map(({ value }) => Number(value))
    expect(await up()).toEqual(Array(10).fill(1))
    expect(await wcn(['devnet', 'break', '0/1', 'silent', '--out', net.envFile])).toMatchObject({ code: 0 })
    await expect.poll(up).toEqual([1, 0, ...Array(8).fill(1)])
    exporter.interrupt('SIGINT')
    expect((await exporter.ended).code).toBe(0)
    expect(await wcn(['devnet', 'mend', '0/1', '--out', net.envFile])).toMatchObject({ code: 0 })
  })

  it.each([
    ['--listen nowhere', 'which is not ADDRESS:PORT'],
    ['--listen example.com:9464', 'which is not ADDRESS:PORT'],
    ['--listen 127.0.0.1:99999', 'the port of --listen'],
    ['--interval 0', '--interval'],
  ])('is refused: %s', async (line, sentence) => {
    const refused = await wcnJson(['cluster', 'exporter', ...line.split(' '), '--env-file', net.envFile])
    expect(refused).toMatchObject({ code: 2, error: { message: expect.stringContaining(sentence) } })
  })
})
