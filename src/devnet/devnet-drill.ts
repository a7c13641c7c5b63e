/** `devnet drill`: sets the scene of an operator's bad day on a rehearsal network, and says what the one on call would know. */
import type { ActionResult, DataOf, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { drillOf, listDrills } from './drill/drills.js'
import { sceneOf } from './drill/scene.js'
import { findNetwork } from './find-network.js'
import { targetOf } from './model/stand-in-states.js'

export interface Input {
  readonly name?: string
  readonly out?: string
}

export type DevnetDrillJson = DataOf<typeof run>

interface Drills {
  readonly drills: readonly { readonly name: string; readonly title: string }[]
  readonly scene: {
    readonly name: string
    readonly title: string
    readonly known: readonly string[]
    readonly env_file: string
  } | null
}

/** Without a name: what there is. Throws USAGE, STATE_CHANGED where the network is not whole, FILE_UNREADABLE, DOCUMENT_INVALID. */
export async function run(services: Services, { name, out }: Input): Promise<ActionResult<Drills>> {
  if (name === undefined) return { data: { drills: listDrills(), scene: null } }
  const drill = drillOf(name)
  if (!drill)
    throw new WcnError('USAGE', `there is no drill of the name ${name}`, {
      hint: `there are ${listDrills()
        .map((one) => one.name)
        .join(', ')}`,
    })
  const network = await findNetwork(services, out)
  const wrong = network.standIns.filter(({ condition }) => condition !== 'up').map(targetOf)
  if (network.standIns.length === 0)
    throw new WcnError(
      'STATE_CHANGED',
      'this network has no stand-ins for its nodes, without which there is no drill',
      {
        hint: '`wcn devnet up` starts them, where the QUIC addon loads',
      },
    )
  if (network.snapshot === null || network.chainFault !== null || wrong.length > 0)
    throw new WcnError(
      'STATE_CHANGED',
      `a drill begins with a network that is whole: ${wrong.join(', ') || 'the chain'} is not up`,
      {
        hint: '`wcn devnet mend --all` mends it',
      },
    )
  const known = await drill.known(sceneOf(services, network, out))
  const scene = { name, title: drill.title, known, env_file: network.envFile }
  return { data: { drills: [], scene } }
}
