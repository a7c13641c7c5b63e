/** The request to join, made and signed as `operator register` does. */

import { requireName } from '../cluster/judge-write.js'
import { nodesFileText } from '../cluster/nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import type { RegisterData } from '../register/join-request-standing.js'
import { run as operatorRegister, type Input as RegisterInput } from '../register/operator-register.js'
import { askFile } from './ask-file.js'
import { configured } from './configured.js'
import { answeredDeployment } from './description.js'
import { putOwnFile } from './own-file.js'
import { DONE, type Step, type StepEnd } from './step.js'
import type { Wizard } from './wizard.js'

const NODES_FILE = 'nodes.yaml'
export const REQUEST_FILE = 'join-request.json'
const DRAFT_FILE = 'join-request-draft.json'

export const register: Step = {
  id: 'register',
  title: 'request to join',
  about: `Deploy the files and start the database and the nodes before you ask to join:
as soon as you are on chain, the others count on them. The WalletConnect team
needs your Node Operator ID, and peer IDs, addresses and ports of your nodes.
All of it goes into one file, with proofs that you hold the operator's key and
every node's; it holds no secret, and addresses in it are encrypted.`,
  async run(wizard) {
    await wizard.ask(['name'], {
      text: 'Name of your operator, as everybody will see it (32 bytes at most)',
      check: requireName,
    })
    await putOwnFile(wizard, NODES_FILE, ['Your nodes, as they are to be on chain.'], nodesText(wizard))
    let force = wizard.force
    for (;;) {
      try {
        const { data } = await operatorRegister(await configured(wizard), { ...registerInput(wizard), force })
        if (data.status === 'on-chain') {
          wizard.services.talk.note('It is on chain already, exactly as requested.')
          await wizard.markDone('wait')
        }
        if (isOver(wizard, data)) {
          wizard.services.talk.note('The request that was made has expired: a new one takes its place.')
          force = true
          continue
        }
        if (data.status !== 'draft') return DONE
        const end = await awaitProofs(wizard, data)
        if (end !== null) return end
      } catch (error) {
        if (!(error instanceof WcnError) || !(await mendable(wizard, error))) throw error
        force ||= error.code === 'FILE_EXISTS'
      }
    }
  },
}

/** Nobody can approve it any more. */
export function isOver({ services: { clock } }: Wizard, { status, expires_at }: RegisterData): boolean {
  return status === 'pending' && expires_at !== null && expires_at <= clock.now()
}

/** The arguments of `operator register`. */
export function registerInput({ answers, at }: Wizard): RegisterInput {
  const { name, nodes = [], proofs = [] } = answers
  const keys = new Set(nodes.flatMap(({ secret_key_file: file }) => (file === undefined ? [] : [at(file)])))
  const elsewhere = nodes.some(({ secret_key_file }) => secret_key_file === undefined)
  return {
    file: at(NODES_FILE),
    ...(name === undefined ? {} : { name }),
    secretKeyFile: [...keys],
    ...(elsewhere ? { draft: at(DRAFT_FILE) } : {}),
    ...(proofs.length > 0 ? { proof: proofs.map(at) } : {}),
    out: at(REQUEST_FILE),
  }
}

function nodesText(wizard: Wizard): string {
  const { nodes: answered = [] } = wizard.answers
  return nodesFileText(
    answeredDeployment(wizard).nodes.map(({ peerId, ipv4Addr, primaryPort, secondaryPort }, i) => ({
      peer_id: peerId ?? '',
      ipv4_addr: ipv4Addr,
      private_ipv4_addr: answered[i]?.private_ipv4_addr ?? null,
      primary_port: primaryPort,
      secondary_port: secondaryPort,
    })),
  )
}

/** Null where there are more proofs now. Throws INPUT_REQUIRED where nobody can be asked for them. */
async function awaitProofs(wizard: Wizard, { missing_proofs: missing }: RegisterData): Promise<StepEnd | null> {
  const { talk, files } = wizard.services
  const draft = wizard.at(DRAFT_FILE)
  const where = `On the host with its key: wcn key prove ${DRAFT_FILE} --secret-key-file KEY --out PROOF`
  if (!talk.interactive)
    throw new WcnError('INPUT_REQUIRED', `nothing proves yet that you hold the keys of ${missing.join(', ')}`, {
      hint: `take ${draft} there, \`wcn key prove\` it, and name what comes of it in proofs`,
      details: { field: 'proofs', missing_proofs: missing },
    })
  talk.tell(`A proof is missing of ${missing.join(', ')}. Take ${draft} there. ${where}`)
  const next = await talk.choose(
    {
      text: 'The proof',
      options: [
        { value: 'file', label: 'is here: name its file' },
        { value: 'later', label: 'comes later: leave, and go on here then' },
      ],
    },
    'proofs',
  )
  if (next === 'later') return { kind: 'waiting', note: `proofs of ${missing.join(', ')} are missing`, exitCode: 0 }
  const file = await askFile(wizard, 'File with the proof', (path) => files.readText(path))
  await wizard.keep([['proofs'], [...(wizard.answers.proofs ?? []), file]])
  return null
}

/** Whether a person did what makes it worth another try. */
async function mendable(wizard: Wizard, error: WcnError): Promise<boolean> {
  const { talk } = wizard.services
  if (!talk.interactive) return false
  const again = {
    INSUFFICIENT_FUNDS: 'the ETH is there: look again',
    FILE_EXISTS: 'write a new request (tell the WalletConnect team not to use one that they have)',
  }[error.code as string]
  if (again === undefined) return false
  const answer = await talk.choose(
    {
      text: `${error.message} (${error.hint ?? ''})`,
      options: [
        { value: 'again', label: again },
        { value: 'leave', label: 'leave, and go on here later' },
      ],
    },
    'answers',
  )
  return answer === 'again'
}
