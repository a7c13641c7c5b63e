/** Keys of the database and the nodes: made as `key generate --out` does, files that exist, or only peer IDs. */

import { parsePeerId, requireNodePeerId } from '../base/keys/parse-peer-id.js'
import { requireUnpublishedKey } from '../base/keys/published-key.js'
import { WcnError } from '../errors/wcn-error.js'
import { run as keyGenerate } from '../key/key-generate.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { askFile } from './ask-file.js'
import { KEYS_FOLDER, takenUp } from './configured.js'
import { tryDeployment } from './description.js'
import type { AnswerPath } from './init-file.js'
import { DONE, type Step } from './step.js'
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
    if (wizard.services.talk.interactive && needsKeys(wizard))
      await wizard.choose(['keys'], {
        text: 'Keys of the database and the nodes',
        options: [
          { value: 'new', label: 'make a new one for each' },
          { value: 'each', label: 'decide for each: make one, use a file, or give the peer ID of one on another host' },
        ],
      })
    await serviceKey(wizard, ['database'], 'the database', `${KEYS_FOLDER}/wcn_db.key`)
    for (const [i, { name = '' }] of (wizard.answers.nodes ?? []).entries())
      await serviceKey(wizard, ['nodes', i], `node ${name}`, `${KEYS_FOLDER}/wcn_node_${name}.key`)
    return DONE
  },
}

async function nameNodes(wizard: Wizard): Promise<void> {
  const { talk } = wizard.services
  const { nodes = [] } = wizard.answers
  if (nodes.length > 0 && nodes.every(({ name }) => name !== undefined))
    return tryDeployment(wizard, wizard.source(['nodes']), { names: nodes.map(({ name = '' }) => name) })
  if (!talk.interactive)
    throw wizard.missing([
      'nodes',
      Math.max(
        0,
        nodes.findIndex(({ name }) => name === undefined),
      ),
      'name',
    ])
  const usual = wizard.namesKnown()
  const typed = await talk.ask(
    {
      text: 'Names for your nodes, two or more, with spaces between',
      default: usual.length > 0 ? usual.join(' ') : 'node-a node-b',
      complaint: async (text) => {
        try {
          tryDeployment(wizard, 'one of them', { names: namesIn(text) })
          return null
        } catch (error) {
          if (error instanceof WcnError) return error.message
          throw error
        }
      },
    },
    'nodes',
  )
  await wizard.nameNodes(namesIn(typed))
}

function namesIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '')
}

function needsKeys({ answers: { database, nodes = [] } }: Wizard): boolean {
  return [database, ...nodes].some(
    (service) => service?.secret_key_file === undefined && service?.peer_id === undefined,
  )
}

/** Throws KEY_INVALID, PEER_ID_INVALID, PEER_ID_NOT_A_KEY, FILE_*. */
async function serviceKey(wizard: Wizard, place: AnswerPath, title: string, file: string): Promise<void> {
  const { services } = wizard
  const keyPath = [...place, 'secret_key_file']
  const peerPath = [...place, 'peer_id']
  const known = () => wizard.get(peerPath)
  if (wizard.get(keyPath) === undefined && known() === undefined) await obtainKey(wizard, place, title, file)
  const stored = wizard.get(keyPath)
  const peerId = known()
  const wanted = peerId === undefined ? null : parsePeerId(String(peerId), wizard.source(peerPath))
  if (wanted !== null) requireNodePeerId(wanted, wizard.source(peerPath))
  if (stored === undefined) return services.talk.note(`${title}: ${wanted}, whose key stays on another host`)
  const path = wizard.at(String(stored))
  const keypair = await readNodeKeypair(services, path)
  requireUnpublishedKey(keypair.peerId, path)
  if (wanted !== null && wanted !== keypair.peerId)
    throw new WcnError('KEY_INVALID', `${path} holds the key of ${keypair.peerId}, but ${title} is ${wanted}`, {
      hint: 'correct the peer_id, or name the file with the right key',
      details: { expected: wanted, actual: keypair.peerId },
    })
  await wizard.keep([peerPath, keypair.peerId])
  services.talk.note(`${title}: ${keypair.peerId}`)
}

async function obtainKey(wizard: Wizard, place: AnswerPath, title: string, file: string): Promise<void> {
  const { services } = wizard
  const how = wizard.answers.keys === 'each' && services.talk.interactive ? await askHow(wizard, place, title) : 'new'
  if (how === 'peer') {
    await wizard.ask([...place, 'peer_id'], {
      text: `Peer ID of ${title}`,
      check: (text, source) => requireNodePeerId(parsePeerId(text, source), source),
    })
  } else if (how === 'file') {
    const path = await askFile(wizard, `File with the key of ${title}`, async (typed) =>
      requireUnpublishedKey((await readNodeKeypair(services, typed)).peerId, typed),
    )
    await wizard.keep([[...place, 'secret_key_file'], path])
  } else {
    if (await services.files.exists(wizard.at(file))) services.talk.note(takenUp(wizard.at(file)))
    else {
      await services.files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
      await keyGenerate(services, { out: wizard.at(file) })
    }
    await wizard.keep([[...place, 'secret_key_file'], file])
  }
}

function askHow(wizard: Wizard, place: AnswerPath, title: string): Promise<string> {
  return wizard.choose([...place, 'key'], {
    text: `The key of ${title}`,
    options: [
      { value: 'new', label: 'make a new one' },
      { value: 'file', label: 'use a file that exists' },
      { value: 'peer', label: 'it stays on another host: only its peer ID is given here' },
    ],
  })
}
