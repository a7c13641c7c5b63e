/** Asks for what `config init` could not find out, one line each; Enter leaves it for later. */
import { parseAddress } from '../base/address.js'
import { complaintOf } from '../cli/complaint.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { blanksOf, type DescriptionDraft, type Draft, meaningOf } from './deployment-template.js'
import { requirePart } from './model/require-part.js'

const LATER = 'later'

/** `written`: how a path that is typed stands in the description. Throws INTERRUPTED. */
export async function askBlanks(
  services: Services,
  draft: DescriptionDraft,
  written: (path: string) => string,
): Promise<DescriptionDraft> {
  const { talk, files, settings } = services
  const rules = { allowPrivateAddresses: settings.allowPrivateAddresses(), allowPublicDatabase: false }
  const checks: Readonly<Record<string, (text: string, source: string) => unknown>> = {
    contract_address: parseAddress,
    rpc_url: requireWebSocket,
    address: (address, source) => requirePart({ address }, source, rules),
    ipv4_addr: (nodeAddress, source) => requirePart({ nodeAddress }, source, rules),
    secret_key_file: (path) => readNodeKeypair(services, path),
    encryption_key_file: (path) => files.readSecret(path),
    operator_key_file: (path) => files.readSecret(path),
  }
  const ask = async (field: string, text: string): Promise<string> => {
    const complaint = async (typed: string) =>
      typed === LATER ? null : complaintOf(typed, (answer, source) => checks[field]?.(answer, source))
    const instead = 'fill it in in the file'
    if (field !== 'rpc_url') return talk.ask({ text, default: LATER, complaint }, instead)
    // It may hold a token.
    for (;;) {
      const typed = (await talk.askHidden(`${text} (not shown)`, instead)).trim()
      const fault = typed === '' ? null : await complaint(typed)
      if (fault === null) return typed || LATER
      talk.tell(fault)
    }
  }
  const filled = async <D extends Draft>(part: D, kind: 'root' | 'database' | 'node', whose: string): Promise<D> => {
    const answers: Record<string, string> = {}
    for (const field of Object.keys(part).filter((one) => part[one] === null)) {
      const answer = await ask(field, `${field}${whose}: ${meaningOf(field, kind)}`)
      if (answer === LATER) continue
      answers[field] = field.endsWith('_file') ? written(answer) : answer
      if (field === 'secret_key_file') answers.peer_id = (await readNodeKeypair(services, answer)).peerId
    }
    return { ...part, ...answers }
  }
  const blanks = blanksOf(draft).length
  if (blanks > 0)
    talk.tell(`${blanks === 1 ? 'One thing is' : `${blanks} things are`} not known yet. Enter leaves it for later.`)
  const root = await filled(draft, 'root', '')
  const database = await filled(draft.database, 'database', ' of the database')
  const nodes: Draft[] = []
  for (const node of draft.nodes) nodes.push(await filled(node, 'node', ` of node ${node.name}`))
  return { ...root, database, nodes }
}

/** Nodes speak nothing else. */
function requireWebSocket(url: string, source: string): void {
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return
  const hint = 'nodes talk to their provider over a WebSocket'
  throw new WcnError('SETTING_INVALID', `${source} is no wss:// URL`, { hint })
}
