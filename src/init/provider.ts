/** The RPC provider: each candidate is looked at, then the cluster through the one that is chosen. */

import type { ProviderProbe } from '../chain/provider-probe.js'
import { bestProvider, judgeProviders, type ProviderVerdict } from '../chain/provider-verdicts.js'
import type { Services } from '../cli/services.js'
import { type ClusterView, findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireMatchingKey, warnOfProblems } from '../read/require-cluster.js'
import { requireDifferent, requireRpcUrl } from '../settings/provider-settings.js'
import { configured, knownUrls, RPC_URL_FILE } from './configured.js'
import { checkFunding } from './funding.js'
import { DONE, type Step } from './step.js'
import type { Wizard } from './wizard.js'

export const provider: Step = {
  id: 'provider',
  title: 'RPC provider',
  about: `Your nodes follow the cluster's contract through an RPC provider for Optimism,
over a WebSocket (wss://). One that is malicious, or compromised, can take
your nodes down and corrupt your data: run your own Optimism node, or pay one
that you trust. The URL may hold a token: it is not shown, and goes to a file
that only you can read.`,
  async run(wizard) {
    const given = await givenUrls(wizard)
    let urls = given ?? (await knownUrls(wizard))
    if (urls.length === 0) urls = await askUrls(wizard)
    for (;;) {
      await putUrls(wizard, urls)
      const verdicts = await lookAt(wizard, urls)
      const choice = await choose(wizard, verdicts, given !== null && urls === given)
      if (choice === null) urls = await askUrls(wizard)
      else {
        const url = urls[choice] ?? ''
        await lookThrough(wizard, url)
        await putUrls(wizard, [url])
        return DONE
      }
    }
  },
}

/** Of the file that --answers names; null where it names none. Throws SETTING_INVALID, FILE_*. */
export async function givenUrls({ urls, services: { files }, source }: Wizard): Promise<readonly string[] | null> {
  const { rpc_url, rpc_urls = [], rpc_url_file } = urls
  const inFile = rpc_url_file === undefined ? [] : (await files.readSecret(rpc_url_file)).trim().split(/\s+/)
  const given = [...(rpc_url === undefined ? [] : [rpc_url]), ...rpc_urls, ...inFile]
  if (given.length === 0) return null
  const place = inFile.length > 0 ? (rpc_url_file ?? '') : source([rpc_url === undefined ? 'rpc_urls' : 'rpc_url'])
  return requireUrls(given, place)
}

/** Throws SETTING_INVALID. */
function requireUrls(urls: readonly string[], place: string): readonly string[] {
  if (urls.length === 0) throw new WcnError('SETTING_INVALID', `${place} is no URL`, { hint: 'write wss://…' })
  for (const url of urls) requireRpcUrl(url, place)
  requireDifferent(urls, place)
  return urls
}

/** Before they are tried: whatever happens then, they need not be typed again. */
async function putUrls({ services: { files }, at }: Wizard, urls: readonly string[]): Promise<void> {
  await files.write(at(RPC_URL_FILE), `${urls.join('\n')}\n`, { mode: 0o600, overwrite: true })
}

async function askUrls(wizard: Wizard): Promise<readonly string[]> {
  const { talk } = wizard.services
  if (!talk.interactive) throw wizard.missing(['rpc_url_file'])
  for (;;) {
    const typed = await talk.askHidden(
      'wss:// URL of your RPC provider; several, with spaces between, to compare them',
      'rpc_url_file',
    )
    try {
      return requireUrls(
        typed.split(/[\s,]+/).filter((url) => url !== ''),
        'what was typed',
      )
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      talk.tell(`${error.message}; try again`)
    }
  }
}

async function lookAt(wizard: Wizard, urls: readonly string[]): Promise<readonly ProviderVerdict[]> {
  const { talk, clock } = wizard.services
  const services = await configured(wizard, { rpcUrl: urls })
  const verdicts = judgeProviders(await services.probeProviders(), {
    chainId: services.settings.chainId(),
    now: clock.now(),
  })
  for (const { probe, refusal, remarks } of verdicts) {
    talk.note(`${probe.host}: ${refusal === null ? factsOf(probe) : 'of no use to a node'}`)
    for (const sentence of [...(refusal === null ? [] : [refusal]), ...remarks]) talk.warn(sentence)
  }
  return verdicts
}

function factsOf({ found }: ProviderProbe): string {
  return found === null
    ? 'nothing is known'
    : `chain ${found.chainId}, block ${found.block.number}, answers in ${found.latencyMs} ms`
}

/** Its place among them; null where others are to be tried. Throws SETTING_INVALID where nobody can be asked. */
async function choose(wizard: Wizard, verdicts: readonly ProviderVerdict[], isGiven: boolean): Promise<number | null> {
  const { talk } = wizard.services
  const best = bestProvider(verdicts)
  if (best !== null && (isGiven || !talk.interactive)) return verdicts.indexOf(best)
  if (!talk.interactive)
    throw new WcnError(
      'SETTING_INVALID',
      `none of the RPC providers will do: ${verdicts.map(({ refusal }) => refusal).join('; ')}`,
      { hint: 'give the wss:// URL of a provider of that chain in rpc_url or rpc_url_file' },
    )
  const usable = verdicts.flatMap(({ refusal, probe, remarks }, i) =>
    refusal === null
      ? [{ value: String(i), label: `${probe.host}: ${factsOf(probe)}${remarks.length > 0 ? ' (see above)' : ''}` }]
      : [],
  )
  const answer = await talk.choose(
    {
      text: best === null ? 'None of them will do' : 'The provider for your nodes',
      options: [
        ...usable,
        { value: 'again', label: 'look once more' },
        { value: 'other', label: 'type in other URLs' },
      ],
      default: best === null ? 'other' : String(verdicts.indexOf(best)),
    },
    'rpc_url_file',
  )
  if (answer === 'other') return null
  if (answer !== 'again') return Number(answer)
  return choose(wizard, await lookAt(wizard, await knownUrls(wizard)), false)
}

/** What was answered before, held against the chain. Throws WRONG_CHAIN, NOT_A_CLUSTER, ENCRYPTION_KEY_WRONG, …. */
async function lookThrough(wizard: Wizard, url: string): Promise<void> {
  const services = await configured(wizard, { rpcUrl: [url] })
  const { view } = await (await services.chain()).readCluster()
  await requireKeyOf(wizard, services, view)
  warnOfProblems(services, view)
  const { talk } = wizard.services
  talk.note(
    `The contract is a cluster of ${view.operators.length} operators, and nothing speaks against the encryption key.`,
  )
  if (findOperator(view, await services.settings.operator())) talk.note('Your operator is in it already.')
  await checkFunding(wizard, services)
}

/** Throws ENCRYPTION_KEY_WRONG. */
async function requireKeyOf({ again }: Wizard, { settings }: Services, view: ClusterView): Promise<void> {
  try {
    requireMatchingKey(view, await settings.requireEncryptionKey(), false)
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'ENCRYPTION_KEY_WRONG') throw error
    throw new WcnError(error.code, error.message, {
      hint: `see whether it belongs to this cluster: \`${again} --redo encryption\` takes another, \`${again} --redo cluster\` another contract`,
      details: error.details,
      cause: error,
    })
  }
}
