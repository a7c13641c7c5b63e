/** `maintenance run` killed at its stages: what goes on without it, what is held, and how it is put in order afterwards. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wcn as plainWcn } from '../support/cli.js'
import { holdBack, useMaintenance } from '../support/maintenance.js'
import { startVictim } from '../support/write-case.js'

const { net, box, operator, holder, proxy } = useMaintenance()
const own = () => operator().address

describe('kill -9', () => {
  let victims = 0
  const victim = (script: string, url = net.rpcUrl) => {
    victims++
    const env = {
      ...net.signedBy(operator()),
      RPC_PROVIDER_URL: url,
      WCN_STATE_DIR: box.path(`state-killed-${victims}`),
      OUT: box.path(`killed-${victims}`),
    }
    return { env, ...startVictim(['maintenance', 'run', '--yes', '--json', '--', 'sh', '-c', script], env) }
  }
  const next = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const [noun = '', verb = '', ...rest] = args
    const { code, stdout } = await plainWcn([noun, verb, '--json', ...rest], { env })
    return { code, ...JSON.parse(stdout) }
  }

  it('while the command runs: it goes on, and the slot is nobody’s to give back but a person’s', async () => {
    const job = victim('exec > "$OUT.pid" 2>&1; echo $$; sleep 60')
    await expect.poll(holder).toBe(own())
    const file = `${job.env.OUT}.pid`
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
    job.kill()
    expect((await job.ended).signal).toBe('SIGKILL')
    const group = Number(readFileSync(file, 'utf8'))
    expect(() => process.kill(-group, 0)).not.toThrow()
    const again = await next(job.env, 'maintenance', 'run', '--yes', '--', 'true')
    expect(again).toMatchObject({ code: 7, error: { code: 'MAINTENANCE_TAKEN', details: { own: true } } })
    process.kill(-group, 'SIGKILL')
    expect(await next(job.env, 'maintenance', 'exit', '--yes')).toMatchObject({ code: 0, data: { changed: true } })
    expect(await holder()).toBeNull()
  })

  it.each([
    ['before the transaction is sent', false],
    ['right after it', true],
  ])('%s: the next run does not take it for its own', async (_, delivered) => {
    const provider = await proxy()
    const entering = holdBack(provider, 1)
    const job = victim('echo ran > "$OUT"', provider.url)
    const exchange = await entering.held
    if (delivered) await exchange.deliver()
    job.kill()
    await job.ended
    const again = await next(job.env, 'maintenance', 'run', '--yes', '--rpc-url', net.rpcUrl, '--', 'true')
    if (delivered) {
      expect(again).toMatchObject({ code: 7, error: { details: { own: true } } })
      expect(await next(job.env, 'maintenance', 'exit', '--yes', '--rpc-url', net.rpcUrl)).toMatchObject({ code: 0 })
    } else {
      expect(again, JSON.stringify(again)).toMatchObject({ code: 4, error: { code: 'TRANSACTION_OPEN' } })
      const cancel = ['tx', 'cancel', again.error.details.hash, '--yes', '--rpc-url', net.rpcUrl]
      expect(await next(job.env, ...cancel)).toMatchObject({ code: 0 })
    }
    expect(await holder()).toBeNull()
  })

  it.each([
    ['before the transaction is sent', false],
    ['right after it', true],
  ])('while it is given back, %s: `tx resume` finishes it', async (_, delivered) => {
    const provider = await proxy()
    const leaving = holdBack(provider, 2)
    const job = victim('true', provider.url)
    const exchange = await leaving.held
    if (delivered) await exchange.deliver()
    job.kill()
    await job.ended
    expect(await next(job.env, 'tx', 'resume', '--rpc-url', net.rpcUrl)).toMatchObject({ code: 0 })
    expect(await holder()).toBeNull()
    const exit = await next(job.env, 'maintenance', 'exit', '--yes', '--rpc-url', net.rpcUrl)
    expect(exit).toMatchObject({ code: 0, data: { changed: false } })
  })
})
