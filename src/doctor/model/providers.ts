/** RPC providers as this tool uses them: what a node would refuse is no fault here, and worth knowing. */
import { type Check, check } from '../../base/check.js'
import type { ProviderVerdict } from '../../chain/provider-verdicts.js'

/** One check each, in their order. */
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
    const facts = `${host}: block ${found.block.number}, ${blocksBehind === 0 ? 'level with the best' : `${blocksBehind} behind the best`}, answers in ${found.latencyMs} ms`
    if (remarks.length > 0)
      return check(id, 'warn', `${facts}; ${remarks.join('; ')}`, 'another provider is given with --rpc-url')
    if (!websocket && !local)
      return check(
        id,
        'warn',
        `${facts}; over HTTP, which does for this tool, and which nodes refuse to start with`,
        'give nodes its wss:// URL, and see with `wcn config check` whether they have it',
      )
    return check(id, 'pass', `${facts}${websocket ? ', over a WebSocket as nodes do' : ''}`)
  })
}
