/** `cluster watch`, the built tool against a real chain that is reorganised, through a provider that fails and lags. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { startForwardProxy } from '../support/forward-proxy.js'
import { wcnJsonInProcess } from '../support/in-process.js'
import { startTlsFront, TEST_AUTHORITY_FILE } from '../support/tls-front.js'

const net = useDevnet()
const operator = (slot: number) => net.operators[slot] as Account
const as = async (account: Account, line: string) =>
  expect(await wcnJsonInProcess([...line.split(' '), '--yes'], { env: net.signedBy(account) })).toMatchObject({
    code: 0,
  })
const parsed = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).data)

describe('what happens', () => {
  it('is told once, and again where the chain is reorganised, whatever the provider does', async () => {
    const proxy = await startFaultProxy(() => net.rpcUrl)
    const watch = startWcn(['cluster', 'watch', '--json', '--interval', '1s'], {
      env: { ...net.cluster, RPC_PROVIDER_URL: proxy.url },
    })
    await watch.until('"from":{')
    let count = 0
    // Every third answer gets lost, and each fourth question comes to nothing.
    proxy.decide = () =>
      ++count % 3 === 0
        ? (one) => one.deliver().then(() => one.drop())
        : count % 4 === 0
          ? (one) => one.drop()
          : undefined
    await as(operator(1), 'operator rename first')
    await watch.until('to \\"first\\"')
    const before = await net.rpc('evm_snapshot')
    await as(operator(1), 'operator rename second')
    await watch.until('to \\"second\\"')
    await net.rpc('evm_revert', before)
    // Lower than what was told from: nothing can be said yet.
    await as(operator(2), 'operator rename third')
    await watch.until('to \\"third\\"')
    watch.interrupt('SIGINT')
    const { code, stdout } = await watch.ended
    expect(code).toBe(0)
    const told = parsed(stdout)
    expect(told[0]).toMatchObject({ from: { contract: net.contract }, event: null })
    expect(told.slice(1).map(({ undone, event }) => [undone, /to (".*")$/.exec(event.words)?.[1]])).toEqual([
      [false, '"first"'],
      [false, '"second"'],
      [true, '"second"'],
      [false, '"third"'],
    ])
    await proxy.stop()
  })

  it('is told of one operator only, and ends in time whatever a program does', async () => {
    const start = Number(await net.rpc('eth_blockNumber'))
    await as(operator(3), 'operator rename other')
    await as(operator(4), 'operator rename own')
    const flags = ['--since', String(start + 1), '--operator', operator(4).address, '--timeout', '2s', '--exec', 'sh']
    const { code, stdout, stderr } = await wcn(['cluster', 'watch', '--json', ...flags, '--', '-c', 'sleep 1000'], {
      env: net.cluster,
    })
    expect(code, stderr).toBe(0)
    expect(parsed(stdout).map(({ event }) => event?.operator.name)).toEqual([undefined, 'own'])
    expect(stderr).toMatch(/^warning: version \d+ was not handed on: the command ended/)
  })

  it('is posted through a tunnel of the proxy that the environment names', async () => {
    const heard: string[] = []
    const receiver = createServer(async (request, response) => {
      heard.push(`${request.method} ${request.url} ${JSON.parse(await text(request)).event.words}`)
      response.end()
    })
    await once(receiver.listen(0, '127.0.0.1'), 'listening')
    const [proxy, front] = [await startForwardProxy(), await startTlsFront((receiver.address() as AddressInfo).port)]
    const watch = startWcn(['cluster', 'watch', '--webhook', `https://localhost:${front.port}/token`, '--json'], {
      env: { ...net.cluster, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: TEST_AUTHORITY_FILE },
    })
    await watch.until('"from":{')
    await as(operator(0), 'operator rename posted')
    await expect.poll(() => heard).toEqual([expect.stringMatching(/^POST \/token .* to "posted"$/)])
    expect(proxy.requests).toEqual([`CONNECT localhost:${front.port}`])
    watch.interrupt('SIGINT')
    const { stdout, stderr } = await watch.ended
    expect(`${stdout}${stderr}`).not.toContain('/token')
    await Promise.all([proxy.stop(), front.stop()])
    receiver.close()
  })

  it.each([
    ['--node 203.0.113.7:3010 --since 1h', 2, '--since is about the chain'],
    ['--node 203.0.113.7:3010 --interval 1s', 2, '--interval is about the chain'],
    ['--node 0', 2, 'which is no ip:port'],
    ['--node nobody:3010', 2, 'nobody'],
    ['--since 99999999', 2, 'there is no block 99999999 yet'],
    ['--since yesterday', 2, 'no block, no day'],
    ['--webhook http://203.0.113.9/secret', 2, '--webhook is no https:// URL'],
    ['--exec ./not-there', 2, 'there is no such program'],
    ['-- lost', 2, 'no program for them'],
    ['--interval never', 2, '--interval'],
    ['--operator acme', 2, 'acme'],
  ])('refuses %s', async (line, code, sentence) => {
    const refused = await wcnJson(['cluster', 'watch', ...line.split(' ')], { env: net.cluster })
    expect(refused).toMatchObject({ code, error: { message: expect.stringContaining(sentence) } })
    expect(JSON.stringify(refused)).not.toContain('secret')
  })
})
