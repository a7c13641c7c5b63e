/** The RPC provider: each candidate is looked at, then the cluster through the one that is chosen. */

import { shellWord } from '../base/shell-word.js'
import type { ProviderProbe } from '../chain/provider-probe.js'
import { bestProvider, judgeProviders, type ProviderVerdict } from '../chain/provider-verdicts.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfProblems } from '../read/read-operator.js'
import { requireDifferent, requireRpcUrl } from '../settings/provider-settings.js'
import { configured, knownUrls, RPC_URL_FILE } from './configured.js'
import type { Step } from './step.js'
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
    const known = await knownUrls(wizard)
    const given = await givenUrls(wizard)
    let urls = given ?? known
    for (;;) {
      if (urls.length === 0) urls = await askUrls(wizard)
      // Before they are tried: whatever happens then, they need not be typed again.
      await putUrls(wizard, urls)
      const verdicts = await lookAt(wizard, urls)
      const chosen = await choose(wizard, verdicts, {
        isGiven: urls === given,
        before: known.length === 1 ? urls.indexOf(known[0] ?? '') : -1,
      })
      if (chosen === 'again') continue
      const url = chosen === null ? undefined : urls[verdicts.indexOf(chosen)]
      urls = url === undefined ? [] : [url]
      if (url === undefined) continue
      await lookThrough(wizard, url)
      await putUrls(wizard, urls)
      return null
    }
  },
  // The shell reads it, so that it is in no list of commands.
  commands: ({ at }) => [`export RPC_PROVIDER_URL="$(cat ${shellWord(at(RPC_URL_FILE))})"`],
}

/** Of the file that --answers names; null where it names none. Throws SETTING_INVALID, FILE_*. */
async function givenUrls({ urls, services: { files }, source }: Wizard): Promise<readonly string[] | null> {
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

async function putUrls({ services: { files }, at }: Wizard, urls: readonly string[]): Promise<void> {
  await files.write(at(RPC_URL_FILE), `${urls.join('\n')}\n`, { mode: 0o600, overwrite: true })
}

async function askUrls(wizard: Wizard): Promise<readonly string[]> {
  if (!wizard.interactive) throw wizard.missing(['rpc_url_file'])
  const text = 'wss:// URL of your RPC provider; several, with spaces between, to compare them'
  return wizard.askSecret(text, 'rpc_url_file', (typed) => {
    const urls = typed.split(/[\s,]+/).filter((url) => url !== '')
    return requireUrls(urls, 'what was typed')
  })
}

async function lookAt(wizard: Wizard, urls: readonly string[]): Promise<readonly ProviderVerdict[]> {
  const { talk, clock } = wizard.services
  const services = await configured(wizard, { rpcUrl: urls })
  const side = { chainId: services.settings.chainId(), now: clock.now() }
  const verdicts = judgeProviders(await services.probeProviders(), side)
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

/** The one that was chosen before, if it still will do. Null: others are to be tried. Throws SETTING_INVALID where nobody can be asked. */
async function choose(
  wizard: Wizard,
  verdicts: readonly ProviderVerdict[],
  { isGiven, before }: { readonly isGiven: boolean; readonly before: number },
): Promise<ProviderVerdict | 'again' | null> {
  const usable = verdicts.filter(({ refusal }) => refusal === null)
  const chosen = usable.find((one) => one === verdicts[before])
  const best = bestProvider(verdicts)
  if (chosen) return chosen
  if (best && (isGiven || !wizard.interactive || verdicts.length === 1)) return best
  if (!wizard.interactive)
    throw new WcnError(
      'SETTING_INVALID',
      `none of the RPC providers will do: ${verdicts.map(({ refusal }) => refusal).join('; ')}`,
      { hint: 'give the wss:// URL of a provider of that chain in rpc_url or rpc_url_file' },
    )
  const places = usable.map((one) => [
    verdicts.indexOf(one),
    `${one.probe.host}: ${factsOf(one.probe)}${one.remarks.length > 0 ? ' (see above)' : ''}`,
  ])
  const answer = await wizard.pick(
    ['rpc_url_file'],
    best === null ? 'None of them will do' : 'The provider for your nodes',
    { ...Object.fromEntries(places), again: 'look once more', other: 'type in other URLs' },
    best === null ? 'other' : String(verdicts.indexOf(best)),
  )
  return answer === 'again' ? answer : (verdicts[Number(answer)] ?? null)
}

/** Throws WRONG_CHAIN, NOT_A_CLUSTER, …. */
async function lookThrough(wizard: Wizard, url: string): Promise<void> {
  const services = await configured(wizard, { rpcUrl: [url] })
  const { view } = await (await services.chain()).readCluster()
  warnOfProblems(services, view)
  wizard.services.talk.note(`The contract is a cluster of ${view.operators.length} operators.`)
}
