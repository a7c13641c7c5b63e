/** The request to join, made and signed as `operator register` does; then until the owner has put the operator on chain. */

import { requireName } from '../cluster/judge-write.js'
import { WcnError } from '../errors/wcn-error.js'
import type { RegisterData } from '../register/join-request-standing.js'
import { register as operatorRegister, type Input as RegisterInput } from '../register/operator-register.js'
import { configured } from './configured.js'
import { DESCRIPTION_FILE, putDescription } from './files.js'
import { flags, type Step, type StepEnd, wcn } from './step.js'
import type { Wizard } from './wizard.js'

export const REQUEST_FILE = 'join-request.json'
const DRAFT_FILE = 'join-request-draft.json'

export const register: Step = {
  id: 'register',
  title: 'request to join',
  about: `The WalletConnect team needs your Node Operator ID, and peer IDs, addresses and
ports of your nodes. All of it goes into one file, with proofs that you hold the operator's key and
every node's; it holds no secret, and addresses in it are encrypted.`,
  async run(wizard) {
    const { talk } = wizard.services
    await wizard.ask(['name'], {
      text: 'Name of your operator, as everybody will see it (32 bytes at most)',
      check: requireName,
    })
    await putDescription(wizard)
    for (let force = false; !wizard.joined; ) {
      try {
        const { data } = await operatorRegister(await configured(wizard), { ...registerInput(wizard), force })
        if (data.status === 'on-chain') {
          talk.note('It is on chain already, exactly as requested.')
          await wizard.join()
        } else if (isOver(wizard, data)) {
          talk.note('The request that was made has expired: a new one takes its place.')
          force = true
        } else if (data.status !== 'draft') return null
        else {
          const end = await awaitProofs(wizard, data)
          if (end !== null) return end
        }
      } catch (error) {
        // A request that was made from the same answers stays, also with --force: somebody may have it.
        const isOther: boolean = error instanceof WcnError && error.code === 'FILE_EXISTS' && !force
        if (!(isOther && wizard.force) && !(await isMended(wizard, error))) throw error
        force ||= isOther
      }
    }
    return null
  },
  commands(wizard) {
    const { file, draft, proof = [], out } = registerInput(wizard)
    const many = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value])
    return [
      wcn(
        'operator register',
        flags({ '-f': file }),
        flags({ '--draft': draft }),
        many('--proof', proof),
        flags({ '--out': out }),
      ),
    ]
  },
}

export const wait: Step = {
  id: 'wait',
  title: 'until you are on chain',
  about: `The owner of the cluster verifies your request and writes it to the contract.
From then on your node list is yours to change.`,
  async run(wizard) {
    if (wizard.joined) return null
    const { talk, deadline } = wizard.services
    const now = await operatorRegister(await configured(wizard), registerInput(wizard))
    if (now.data.status !== 'pending' || isOver(wizard, now.data)) return endOf(wizard, now.data)
    talk.tell(
      `Give ${now.data.request_file} to the WalletConnect team. Its digest, to compare by another way: ${now.data.digest}`,
    )
    const seconds = Math.ceil(Math.min(wizard.waitMs ?? Infinity, deadline.remainingMs()) / 1000)
    if (seconds === Infinity && !(await stays(wizard))) return endOf(wizard, now.data)
    const services = await configured(wizard, seconds === Infinity ? {} : { timeout: String(Math.max(1, seconds)) })
    const { data } = await operatorRegister(services, { ...registerInput(wizard), wait: true })
    return endOf(wizard, data)
  },
  commands: ({ at }) => [wcn('operator register', ['--status', at(REQUEST_FILE), '--wait'])],
}

/** Nobody can approve it any more. */
function isOver({ services: { clock } }: Wizard, { status, expires_at }: RegisterData): boolean {
  return status === 'pending' && expires_at !== null && expires_at <= clock.now()
}

/** The arguments of `operator register`. */
function registerInput({ answers, at }: Wizard): RegisterInput {
  const { nodes = [], proofs = [] } = answers
  const elsewhere = nodes.some(({ secret_key_file }) => secret_key_file === undefined)
  return {
    file: at(DESCRIPTION_FILE),
    ...(elsewhere ? { draft: at(DRAFT_FILE) } : {}),
    ...(proofs.length > 0 ? { proof: proofs.map(at) } : {}),
    out: at(REQUEST_FILE),
  }
}

/** Null where there are more proofs now. Throws INPUT_REQUIRED where nobody can be asked for them. */
async function awaitProofs(wizard: Wizard, { missing_proofs: missing }: RegisterData): Promise<StepEnd | null> {
  const { talk, files } = wizard.services
  const draft = wizard.at(DRAFT_FILE)
  const where = `On the host with its key: wcn key prove ${DRAFT_FILE} --secret-key-file KEY --out PROOF`
  if (!wizard.interactive)
    throw new WcnError('INPUT_REQUIRED', `nothing proves yet that you hold the keys of ${missing.join(', ')}`, {
      hint: `take ${draft} there, \`wcn key prove\` it, and name what comes of it in proofs`,
      details: { field: 'proofs', missing_proofs: missing },
    })
  talk.tell(`A proof is missing of ${missing.join(', ')}. Take ${draft} there. ${where}`)
  const next = await wizard.pick(['proofs'], 'The proof', {
    file: 'is here: name its file',
    later: 'comes later: leave, and go on here then',
  })
  if (next === 'later') return { kind: 'waiting', note: `proofs of ${missing.join(', ')} are missing` }
  const file = await wizard.askFile('File with the proof', (path) => files.readText(path))
  await wizard.keep([['proofs'], [...(wizard.answers.proofs ?? []), file]])
  return null
}

const MENDED: Readonly<Record<string, string>> = {
  INSUFFICIENT_FUNDS: 'the ETH is there: look again',
  FILE_EXISTS: 'write a new request (tell the WalletConnect team not to use one that they have)',
}

/** Whether a person did what makes it worth another try. */
async function isMended(wizard: Wizard, error: unknown): Promise<boolean> {
  const again = error instanceof WcnError ? MENDED[error.code] : undefined
  if (!(error instanceof WcnError) || again === undefined || !wizard.interactive) return false
  const options = { again, leave: 'leave, and go on here later' }
  return (await wizard.pick(['answers'], `${error.message} (${error.hint ?? ''})`, options)) === 'again'
}

/** Whether somebody is there to wait; without a terminal only where it was said for how long. */
async function stays(wizard: Wizard): Promise<boolean> {
  if (!wizard.interactive) return false
  const options = {
    wait: 'wait here (Ctrl-C leaves)',
    later: `leave, and look again later with \`${wizard.again}\``,
  }
  return (await wizard.pick(['answers'], 'The answer of the owner may take a day or two', options)) === 'wait'
}

async function endOf(wizard: Wizard, data: RegisterData): Promise<StepEnd | null> {
  const { talk } = wizard.services
  const { status, reason, changes, request_file } = data
  if (status === 'on-chain') {
    talk.note('On chain, exactly as requested.')
    await wizard.join()
    return null
  }
  if (status === 'different') {
    for (const { path, before, after } of changes)
      talk.tell(`${path}: requested ${JSON.stringify(before)}, on chain ${JSON.stringify(after)}`)
    const note = `on chain, but not as requested: ${reason}; see deployment.yaml, then \`wcn nodes update\`, or ask the WalletConnect team`
    return { kind: 'failed', note }
  }
  const note = isOver(wizard, data)
    ? `${request_file} has expired without being approved: \`${wizard.again}\` makes a new one`
    : `${request_file} is not on chain yet: the owner of the cluster has not approved it`
  return { kind: 'waiting', note }
}
