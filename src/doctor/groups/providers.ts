/** RPC providers: each by itself, whether they agree, and this machine's clock against their newest blocks. */
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import { type Check, check, type Verdict } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import type { ProviderProbe } from '../../chain/provider-probe.js'
import type { ProviderVerdict } from '../../chain/provider-verdicts.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type DoctorContext, type Group, orNull } from '../context.js'

export const providers: Group = {
  providers: async ({ services, verdicts }) => judgeUse(await verdicts(), services.settings.chainId()),
  /** What writes go by may be the word of fewer than all: here everybody has to say the same. */
  async agreement({ services, snapshot, verdicts }) {
    const { providers: all, quorum } = await services.settings.providers()
    if (all.length === 1) {
      // Without a look at it nothing is said of it.
      await verdicts()
      return [
        'skip',
        'there is one RPC provider, so nothing shows whether it tells the truth',
        'give another one as well: a second --rpc-url',
      ]
    }
    const urls = all.map(({ url }) => url)
    try {
      await (quorum < all.length ? askEverybody(services, urls) : snapshot())
      return ['pass', `all ${all.length} RPC providers show the same cluster`]
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      if (error.code !== 'PROVIDERS_DISAGREE')
        return [
          'skip',
          'whether the RPC providers agree is not known: the cluster could not be read',
          'see `wcn doctor --only contract`',
        ]
      const { message, hint = null } = error
      const enough = (await orNull(snapshot)) !== null
      return enough ? ['warn', `${message}; enough of them agree`, hint] : ['fail', message, hint]
    }
  },
}

/**
 * Join requests, journals and everything that waits go by it, and nodes on a machine like it start to pull data too
 * early or too late.
 */
export const clock: Group = {
  async clock({ services: { settings, clock }, probes }) {
    const chainId = settings.chainId()
    // Its blocks come when there is something to put into them, and its time may be any.
    if (chainId === DEVELOPMENT_CHAIN_ID)
      return ['skip', 'a development chain has a time of its own, which says nothing about this clock']
    return judgeClock(await probes(), chainId, clock.now())
  },
}

/** As this tool uses them, one check each: what a node would refuse is no fault here, and worth knowing. */
export function judgeUse(verdicts: readonly ProviderVerdict[], chainId: number): readonly Check[] {
  return verdicts.map(({ probe, refusal, remarks, blocksBehind }, index) => {
    const id = `providers[${index}]`
    const { host, found, local, websocket } = probe
    if (found === null || found.chainId !== chainId)
      return check(
        id,
        'fail',
        refusal ?? `${host} could not be used`,
        `use another one with --rpc-url, or see with \`wcn config show\` where this one is set`,
      )
    const level = blocksBehind === 0 ? 'level with the best' : `${blocksBehind} behind the best`
    const facts = `${host}: block ${found.block.number}, ${level}, answers in ${found.latencyMs} ms`
    if (remarks.length > 0)
      return check(id, 'warn', `${facts}; ${remarks.join('; ')}`, 'another provider is given with --rpc-url')
    if (websocket || local) return check(id, 'pass', `${facts}${websocket ? ', over a WebSocket as nodes do' : ''}`)
    return check(
      id,
      'warn',
      `${facts}; over HTTP, which does for this tool, and which nodes refuse to start with`,
      'give nodes its wss:// URL, and see with `wcn config check` whether they have it',
    )
  })
}

/** As if --rpc-quorum were as high as it goes. */
async function askEverybody(
  { settings, configured }: DoctorContext['services'],
  rpcUrl: readonly string[],
): Promise<void> {
  const set = new Map(settings.describe().map(({ name, value }) => [name, value ?? undefined]))
  const strict = await configured({
    rpcUrl,
    rpcQuorum: String(rpcUrl.length),
    contractAddress: settings.contractAddress(),
    chainId: String(settings.chainId()),
    rpcHeaderFile: set.get('rpc_header_file'),
    rpcCaFile: set.get('rpc_ca_file'),
  })
  await (await strict.chain()).readCluster()
}

/** A block of OP Mainnet comes every 2 s, with the time at which it was begun. */
const BEHIND_S = 5
const AHEAD_S = 60
const KEEP_TIME = '`timedatectl status` shows whether this machine keeps its time by the network'

/** The newest block of all is the youngest proof of what time it is. `now`: Unix seconds. */
export function judgeClock(probes: readonly ProviderProbe[], chainId: number, now: number): Verdict {
  const times = probes.flatMap(({ found }) => (found?.chainId === chainId ? [found.block.time] : []))
  if (times.length === 0)
    return ['skip', 'no RPC provider told the time of its newest block', 'see `wcn doctor --only providers`']
  const age = now - Math.max(...times)
  if (age <= -BEHIND_S) {
    const future = `is at least ${durationInWords(-age)} behind: the newest block is from its future`
    return ['fail', `this machine's clock ${future}`, KEEP_TIME]
  }
  if (age <= AHEAD_S)
    return ['pass', `the clock agrees with the chain: the newest block is ${durationInWords(age)} old`]
  const [whose, guess] =
    times.length === 1
      ? ['the RPC provider has', 'it lags, or']
      : [`any of ${times.length} RPC providers has`, 'most likely']
  return [
    'warn',
    `the newest block that ${whose} is ${durationInWords(age)} old: ${guess} this machine's clock is ahead`,
    KEEP_TIME,
  ]
}
