/** `wcn maintenance run` with real commands on a development chain, as its tests start it. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeEach, expect } from 'vitest'
import { type Running, startWcn } from './background.js'
import { watch } from './chain-watch.js'
import { sandbox, wcnJson } from './cli.js'
import { type Account, useDevnet } from './devnet.js'
import { type Exchange, type FaultProxy, passOn, SEND, startFaultProxy } from './fault-proxy.js'

interface RunOptions {
  readonly flags?: readonly string[]
  /** Another provider than the chain itself. */
  readonly provider?: string
  /** Another machine, as far as what it remembers goes. */
  readonly machine?: string
}

export interface MaintenanceRun extends Running {
  /** The file that the command knows as `$OUT`, which is there once it wrote to it. */
  readonly out: string
  written(): string
}

const FREE = `0x${'0'.repeat(40)}`

/** Registers the hooks; everybody starts with a slot that is free. */
export function useMaintenance(...devnetFlags: readonly string[]) {
  const net = useDevnet(...devnetFlags)
  const chain = watch(
    () => net.rpcUrl,
    () => net.contract,
  )
  const box = sandbox()
  const proxies: FaultProxy[] = []
  let runs = 0
  let tests = 0
  afterAll(async () => {
    for (const proxy of proxies) await proxy.stop()
    box.remove()
  })

  const operator = (slot = 0): Account => {
    const account = net.operators[slot]
    if (!account) throw new Error(`there is no operator ${slot}`)
    return account
  }
  const holder = async () => {
    const { maintenanceSlot } = await chain.view()
    return maintenanceSlot === FREE ? null : maintenanceSlot.toLowerCase()
  }
  beforeEach(async () => {
    tests++
    if ((await holder()) !== null) await chain.include(net.owner.address, 'setMaintenance', [false])
  })
  const environment = ({ provider = net.rpcUrl, machine = 'here' }: RunOptions = {}) => ({
    ...net.signedBy(operator()),
    RPC_PROVIDER_URL: provider,
    WCN_STATE_DIR: box.path(`state-${tests}-${machine}`),
  })

  return {
    net,
    chain,
    box,
    operator,
    holder,
    /** A script for sh. */
    start(script: string, options: RunOptions = {}): MaintenanceRun {
      const out = box.path(`out-${++runs}`)
      const args = ['maintenance', 'run', '--yes', '--json', ...(options.flags ?? []), '--', 'sh', '-c', script]
      const run = startWcn(args, { env: { ...environment(options), OUT: out } })
      return { ...run, out, written: () => (existsSync(out) ? readFileSync(out, 'utf8') : '') }
    },
    /** Another command of the same operator. */
    wcn: (args: readonly string[], options?: RunOptions) => wcnJson(args, { env: environment(options) }),
    async proxy(): Promise<FaultProxy> {
      const proxy = await startFaultProxy(() => net.rpcUrl)
      proxies.push(proxy)
      return proxy
    },
  }
}

/** Holds the k-th transaction back, from 1 on. */
export function holdBack(proxy: FaultProxy, k: number) {
  let count = 0
  let tell: (held: Exchange) => void = () => {}
  const held = new Promise<Exchange>((resolve) => {
    tell = resolve
  })
  proxy.decide = (exchange) => {
    if (!exchange.asks(SEND) || ++count !== k) return passOn
    return () => tell(exchange)
  }
  return {
    held,
    async passOn() {
      await passOn(await held)
    },
  }
}

/** The one document of a run that has ended, and its exit code. */
export async function endOf({ ended }: MaintenanceRun) {
  const { code, stdout, stderr } = await ended
  const document = JSON.parse(stdout)
  expect(document.ok, stderr).toBe(code === 0)
  return { code, stderr, ...document }
}
