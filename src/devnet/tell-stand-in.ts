/** Tells a stand-in to do wrong, or to be as its env file says, and waits until it is so. */
import { bytesToHex } from '../base/hex.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { FaultName } from './model/fault-names.js'
import type { StandInRecord } from './model/stand-in-record.js'
import { type StandInState, targetOf } from './model/stand-in-states.js'
import { readRecords, say, unsay } from './stand-in/network-folder.js'

const PATIENCE_MS = 20_000
const POLL_MS = 20

/** Throws STATE_CHANGED where nobody hears, or what it is told can't be; FILE_UNWRITABLE. */
export async function tellStandIn(
  { clock, randomBytes }: Services,
  folder: string,
  state: StandInState,
  fault: FaultName | null,
): Promise<StandInRecord> {
  const { record } = state
  const target = targetOf(state)
  if (record === null || (state.condition === 'gone' && record.problem === null))
    throw new WcnError('STATE_CHANGED', `${target} does not run: its process is gone`, {
      hint: '`wcn devnet serve FILE` starts what was started by hand; of `devnet up`, `devnet down` and `up` make a new network',
    })
  const id = bytesToHex(randomBytes(8))
  say(folder, record.primary_port, { id, fault })
  try {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
      const answer = readRecords(folder).find(({ heard }) => heard === id)
      if (answer && answer.refusal === null) return answer
      if (answer) throw new WcnError('STATE_CHANGED', `${target} can't be ${fault ?? 'mended'}: ${answer.refusal}`)
      await clock.sleep(POLL_MS)
    }
  } finally {
    unsay(folder, record.primary_port)
  }
  throw new WcnError('STATE_CHANGED', `${target} did not do it within ${PATIENCE_MS / 1000} s`, {
    hint: `does process ${record.pid} still run, and is there room on the disk? \`wcn devnet status\``,
  })
}
