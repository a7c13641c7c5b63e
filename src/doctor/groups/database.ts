/** The database: up, as its nodes say, and in nobody else's reach. */
import { type Check, check } from '../../base/check.js'
import {
  type DatabaseInput,
  judgeDatabase,
  parseDatabaseQuestion,
  sightDatabases,
} from '../../health/check-database.js'
import { GIVE_NODE_KEY } from '../../health/model/advice.js'
import { parseProbeFlags } from '../../health/probe-flags.js'
import { type DoctorContext, type DoctorInput, orNull } from '../doctor-context.js'
import { findingsOf } from '../findings.js'
import { isOfDatabase } from '../told-by-nodes.js'

/** From inside, through the nodes; from outside, where nothing may answer; and by the files of services. */
export async function database(context: DoctorContext): Promise<readonly Check[]> {
  const files = (await orNull(() => findingsOf('database', context))) ?? []
  return [...files, ...(await throughNodes(context)), ...(await fromOutside(context))]
}

async function throughNodes({ nodes }: DoctorContext): Promise<readonly Check[]> {
  const examination = await orNull(nodes)
  const told = (examination?.nodes ?? []).flatMap((health) =>
    health.checks.filter(({ id }) => isOfDatabase(id, health)),
  )
  if (told.length > 0) return told
  const why = examination?.examiner.identified
    ? 'no node told how the database is'
    : 'how the database is, only its nodes can tell, and they were not asked'
  return [
    check('database', 'skip', why, examination?.examiner.identified ? 'see `wcn doctor --only nodes`' : GIVE_NODE_KEY),
  ]
}

async function fromOutside({ services, input, nodes }: DoctorContext): Promise<readonly Check[]> {
  const question = parseDatabaseQuestion(databaseInput(input))
  if (question === null)
    return [
      check(
        'database-public',
        'skip',
        'whether the database can be reached from outside was not looked at',
        'from a machine outside your network: --database IP',
      ),
    ]
  const sightings = await sightDatabases(services, question, parseProbeFlags(input).timeoutMs)
  const seen = (await orNull(nodes))?.nodes ?? []
  return sightings.flatMap((sighting) => judgeDatabase(sighting, question, services.settings, seen))
}

export function databaseInput({ database }: DoctorInput): DatabaseInput {
  return database === undefined ? {} : { database }
}
