/** RPC providers: each by itself, and whether they agree. */
import { type Check, check } from '../../base/check.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { judgeUse } from '../model/providers.js'

export async function providers(context: DoctorContext): Promise<readonly Check[]> {
  const { services, verdicts } = context
  // At the same time: each may have to wait for a provider that never answers.
  const [judged, agreement] = await Promise.all([verdicts(), agreementCheck(context)])
  return [...judgeUse(judged, services.settings.chainId()), agreement]
}

/** What writes go by may be the word of fewer than all: here everybody has to say the same. */
async function agreementCheck({ services, snapshot }: DoctorContext): Promise<Check> {
  const { settings } = services
  const { providers: all, quorum } = await settings.providers()
  const id = 'agreement'
  if (all.length === 1)
    return check(
      id,
      'skip',
      'there is one RPC provider, so nothing shows whether it tells the truth',
      'give another one as well: a second --rpc-url',
    )
  try {
    if (quorum < all.length)
      await askEverybody(
        services,
        all.map(({ url }) => url),
      )
    else await snapshot()
    return check(id, 'pass', `all ${all.length} RPC providers show the same cluster`)
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    const disagree = error.code === 'PROVIDERS_DISAGREE'
    if (!disagree)
      return check(
        id,
        'skip',
        'whether the RPC providers agree is not known: the cluster could not be read',
        'see `wcn doctor --only contract`',
      )
    const enough = (await orNull(snapshot)) !== null
    return check(
      id,
      enough ? 'warn' : 'fail',
      enough ? `${error.message}; enough of them agree` : error.message,
      error.hint ?? null,
    )
  }
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
