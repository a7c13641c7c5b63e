/** The operator's key: made by the same code as `operator keygen`, or one that exists. */

import { parseAddress } from '../base/address.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import { WcnError } from '../errors/wcn-error.js'
import { run as keygen } from '../operator/operator-keygen.js'
import { parseKeystore } from '../signers/keystore-file.js'
import { askFile } from './ask-file.js'
import { configured, KEYS_FOLDER, takenUp } from './configured.js'
import { checkFunding } from './funding.js'
import { DONE, type Step } from './step.js'
import type { Wizard } from './wizard.js'

const FILES = { new: `${KEYS_FOLDER}/operator.key`, keystore: `${KEYS_FOLDER}/operator-keystore.json` } as const

export const operator: Step = {
  id: 'operator',
  title: 'operator key and funding',
  about: `An account on Optimism is your identity: its address is your Node Operator ID.
Its key goes into the environment of one of your nodes, so use a fresh one.
Keep a copy of it in a safe place: whoever has it is you.`,
  async run(wizard) {
    const { talk } = wizard.services
    if (wizard.answers.operator_key_file === undefined && wizard.answers.keystore === undefined) await obtainKey(wizard)
    // Its own sentence names the file, and not a flag that nobody gave.
    const file = wizard.answers.operator_key_file
    if (file !== undefined)
      parseOperatorPrivateKey(await wizard.services.files.readSecret(wizard.at(file)), wizard.at(file))
    const address = await (await configured(wizard)).settings.operator()
    const { operator: wanted } = wizard.answers
    if (wanted !== undefined && parseAddress(wanted, wizard.source(['operator'])) !== address)
      throw new WcnError('WRONG_SIGNER', `the operator is ${wanted}, but the key belongs to ${address}`, {
        hint: 'correct operator, or name the file with its key',
        details: { expected: wanted, actual: address },
      })
    await wizard.keep([['operator'], address])
    talk.note(`Your Node Operator ID: ${address}`)
    talk.note(
      'Send it some ETH on Optimism: transactions are few and cheap, and the equivalent of $5 lasts for about a year.',
    )
    if (wizard.done.includes('provider')) await checkFunding(wizard, await configured(wizard))
    else talk.note('The balance is looked at as soon as an RPC provider is known.')
    return DONE
  },
}

async function obtainKey(wizard: Wizard): Promise<void> {
  const { services, answers } = wizard
  if (!services.talk.interactive && answers.operator_key === undefined) throw wizard.missing(['operator_key_file'])
  const answer = await askKind(wizard)
  if (answer === 'existing') return askExisting(wizard)
  const kind = answer === 'keystore' ? answer : 'new'
  const file = wizard.at(FILES[kind])
  if (await services.files.exists(file)) services.talk.note(takenUp(file))
  else {
    await services.files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
    const password = answers.password_file
    if (kind === 'keystore' && password === undefined && !services.talk.interactive)
      throw wizard.missing(['password_file'])
    await keygen(services, {
      out: file,
      ...(kind === 'keystore' ? { keystore: true } : {}),
      ...(kind === 'keystore' && password !== undefined ? { passwordFile: wizard.at(password) } : {}),
    })
    services.talk.note(`made ${file}`)
  }
  await wizard.keep([[kind === 'keystore' ? 'keystore' : 'operator_key_file'], FILES[kind]])
}

function askKind(wizard: Wizard): Promise<string> {
  return wizard.choose(['operator_key'], {
    text: "The operator's key",
    options: [
      { value: 'new', label: 'make a new one, in a file that only you can read' },
      { value: 'keystore', label: 'make a new one, encrypted with a password (a keystore)' },
      { value: 'existing', label: 'use a file that exists: a bare key or a keystore' },
    ],
  })
}

async function askExisting(wizard: Wizard): Promise<void> {
  const { files, talk } = wizard.services
  if (!talk.interactive) throw wizard.missing(['operator_key_file'])
  // A keystore is JSON, and may be readable by others.
  const isKeystore = async (file: string) => (await files.readText(file)).trimStart().startsWith('{')
  const path = await askFile(wizard, 'File with the key', async (file) => {
    if (await isKeystore(file)) parseKeystore(await files.readText(file), file)
    else parseOperatorPrivateKey(await files.readSecret(file), file)
  })
  await wizard.keep([[(await isKeystore(path)) ? 'keystore' : 'operator_key_file'], path])
}
