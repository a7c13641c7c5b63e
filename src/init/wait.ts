/** Until the owner of the cluster has put the operator on chain. It may be left at any time. */
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import type { RegisterData } from '../register/join-request-standing.js'
import { run as operatorRegister } from '../register/operator-register.js'
import { configured } from './configured.js'
import { isOver, registerInput } from './register.js'
import { DONE, type Step, type StepEnd } from './step.js'
import type { Wizard } from './wizard.js'

export const wait: Step = {
  id: 'wait',
  title: 'until you are on chain',
  about: `The owner of the cluster verifies your request and writes it to the contract.
From then on your node list is yours to change.`,
  async run(wizard) {
    const { talk, deadline } = wizard.services
    const now = await operatorRegister(await configured(wizard), registerInput(wizard))
    if (now.data.status !== 'pending' || isOver(wizard, now.data)) return endOf(wizard, now.data)
    talk.tell(
      `Give ${now.data.request_file} to the WalletConnect team. Its digest, to compare by another way: ${now.data.digest}`,
    )
    const seconds = Math.ceil(Math.min(wizard.waitMs ?? Infinity, deadline.remainingMs()) / 1000)
    if (seconds === Infinity && !(await stays(wizard)))
      // Whoever chose to leave is not told that something failed.
      return { ...endOf(wizard, now.data), ...(talk.interactive ? { exitCode: 0 } : {}) }
    const services = await configured(wizard, seconds === Infinity ? {} : { timeout: String(Math.max(1, seconds)) })
    const { data } = await operatorRegister(services, { ...registerInput(wizard), wait: true })
    return endOf(wizard, data)
  },
}

/** Whether somebody is there to wait; without a terminal only where it was said for how long. */
async function stays(wizard: Wizard): Promise<boolean> {
  const { talk } = wizard.services
  if (!talk.interactive) return false
  const answer = await talk.choose(
    {
      text: 'The answer of the owner may take a day or two',
      options: [
        { value: 'wait', label: 'wait here (Ctrl-C leaves)' },
        { value: 'later', label: `leave, and look again later with \`${wizard.again}\`` },
      ],
    },
    'answers',
  )
  return answer === 'wait'
}

function endOf(wizard: Wizard, data: RegisterData): StepEnd {
  const { talk } = wizard.services
  const { status, reason, changes, request_file } = data
  if (status === 'on-chain') {
    talk.note('On chain, exactly as requested.')
    return DONE
  }
  if (status === 'different') {
    for (const { path, before, after } of changes)
      talk.tell(`${path}: requested ${JSON.stringify(before)}, on chain ${JSON.stringify(after)}`)
    const note = `on chain, but not as requested: ${reason}; see nodes.yaml, then \`wcn nodes update\`, or ask the WalletConnect team`
    return { kind: 'failed', note, exitCode: EXIT_CHECK_FAILED }
  }
  return {
    kind: 'waiting',
    note: isOver(wizard, data)
      ? `${request_file} has expired without being approved: \`${wizard.again} --redo register\` makes a new one`
      : `${request_file} is not on chain yet: the owner of the cluster has not approved it`,
    exitCode: EXIT_CHECK_FAILED,
  }
}
