/** Keys of the database and the nodes: made as `key generate --out` does, files that exist, or only peer IDs. */

import { parsePeerId, requireNodePeerId } from '../base/keys/parse-peer-id.js'
import { requireUnpublishedKey } from '../base/keys/published-key.js'
import { complaintOf } from '../cli/complaint.js'
import { WcnError } from '../errors/wcn-error.js'
import { run as keyGenerate } from '../key/key-generate.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { KEYS_FOLDER, takenUp, tryDeployment } from './configured.js'
import type { AnswerPath } from './init-file.js'
import { type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

export const keys: Step = {
  id: 'keys',
  title: 'node and database keys',
  about: `You run at least two nodes and one database. Each authenticates itself in the
network with a keypair; its peer ID is the public half, which you may show to
anybody. The secret half goes into the environment of its service, and nowhere
else.`,
  async run(wizard) {
    await nameNodes(wizard)
    const { database, nodes = [] } = wizard.answers
    const isKnown = (service: typeof database) =>
      service?.secret_key_file !== undefined || service?.peer_id !== undefined
    if (wizard.interactive && ![database, ...nodes].every(isKnown))
      await wizard.choose(['keys'], 'Keys of the database and the nodes', {
        new: 'make a new one for each',
        each: 'decide for each: make one, use a file, or give the peer ID of one on another host',
      })
    await serviceKey(wizard, ['database'], 'the database', `${KEYS_FOLDER}/wcn_db.key`)
    for (const [i, { name = '' }] of nodes.entries())
      await serviceKey(wizard, ['nodes', i], `node ${name}`, `${KEYS_FOLDER}/wcn_node_${name}.key`)
    return null
  },
  commands({ at, answers: { database, nodes = [] } }) {
    const files = [database, ...nodes].flatMap((service) => service?.secret_key_file ?? [])
    // Only what was made here: other files have absolute paths.
    return files.filter((file) => at(file) !== file).map((file) => wcn('key generate', ['--out', at(file)]))
  },
}

async function nameNodes(wizard: Wizard): Promise<void> {
  const { nodes = [] } = wizard.answers
  const known = nodes.flatMap(({ name }) => name ?? [])
  if (nodes.length > 0 && known.length === nodes.length)
    return tryDeployment(wizard, wizard.source(['nodes']), { names: known })
  if (!wizard.interactive) {
    const unnamed = nodes.findIndex(({ name }) => name === undefined)
    throw wizard.missing(['nodes', Math.max(0, unnamed), 'name'])
  }
  const namesIn = (text: string) => text.split(/[\s,]+/).filter((name) => name !== '')
  const typed = await wizard.services.talk.ask(
    {
      text: 'Names for your nodes, two or more, with spaces between',
      default: known.length > 0 ? known.join(' ') : 'node-a node-b',
      complaint: (text) => complaintOf(text, () => tryDeployment(wizard, 'one of them', { names: namesIn(text) })),
    },
    'nodes',
  )
  const named = namesIn(typed).map((name, i) => ({ ...(nodes.find((node) => node.name === name) ?? nodes[i]), name }))
  await wizard.keep([['nodes'], named])
}

/** Throws KEY_INVALID, PEER_ID_INVALID, PEER_ID_NOT_A_KEY, FILE_*. */
async function serviceKey(wizard: Wizard, place: AnswerPath, title: string, file: string): Promise<void> {
  const { services } = wizard
  const [keyPath, peerPath] = [
    [...place, 'secret_key_file'],
    [...place, 'peer_id'],
  ]
  if (wizard.get(keyPath) === undefined && wizard.get(peerPath) === undefined)
    await obtainKey(wizard, place, title, file)
  const [stored, peerId] = [wizard.get(keyPath), wizard.get(peerPath)]
  const wanted = peerId === undefined ? null : parsePeerId(String(peerId), wizard.source(peerPath))
  if (wanted !== null) requireNodePeerId(wanted, wizard.source(peerPath))
  if (stored === undefined) return services.talk.note(`${title}: ${wanted}, whose key stays on another host`)
  const path = wizard.at(String(stored))
  const keypair = await readNodeKeypair(services, path)
  requireUnpublishedKey(keypair.peerId, path)
  if (wanted !== null && wanted !== keypair.peerId)
    throw new WcnError('KEY_INVALID', `${path} holds the key of ${keypair.peerId}, but ${title} is ${wanted}`, {
      hint: `correct ${wizard.source(peerPath)}, or name the file with the right key`,
      details: { expected: wanted, actual: keypair.peerId },
    })
  await wizard.keep([peerPath, keypair.peerId])
  services.talk.note(`${title}: ${keypair.peerId}`)
}

const KEYS = {
  new: 'make a new one',
  file: 'use a file that exists',
  peer: 'it stays on another host: only its peer ID is given here',
}

async function obtainKey(wizard: Wizard, place: AnswerPath, title: string, file: string): Promise<void> {
  const { services } = wizard
  const isAsked = wizard.answers.keys === 'each' && wizard.interactive
  const how = isAsked ? await wizard.choose([...place, 'key'], `The key of ${title}`, KEYS) : 'new'
  if (how === 'peer') {
    await wizard.ask([...place, 'peer_id'], {
      text: `Peer ID of ${title}`,
      check: (text, source) => requireNodePeerId(parsePeerId(text, source), source),
    })
    return
  }
  let path = file
  if (how === 'file')
    path = await wizard.askFile(`File with the key of ${title}`, async (typed) =>
      requireUnpublishedKey((await readNodeKeypair(services, typed)).peerId, typed),
    )
  else if (await services.files.exists(wizard.at(file))) services.talk.note(takenUp(wizard.at(file)))
  else {
    await services.files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
    await keyGenerate(services, { out: wizard.at(file) })
  }
  await wizard.keep([[...place, 'secret_key_file'], path])
}
