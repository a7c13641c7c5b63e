/** The operator's key: made by the same code as `operator keygen`, or one that exists; and what its account holds. */

import { parseAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import { etherInWords } from '../base/wei.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { run as operatorFunds } from '../operator/operator-funds.js'
import { run as keygen } from '../operator/operator-keygen.js'
import { parseKeystore } from '../signers/keystore-file.js'
import { configured, KEYS_FOLDER, signerFlags, takenUp } from './configured.js'
import { exports, flags, type Step, wcn } from './step.js'
import type { Wizard } from './wizard.js'

const FILES = { new: `${KEYS_FOLDER}/operator.key`, keystore: `${KEYS_FOLDER}/operator-keystore.json` } as const

export const operator: Step = {
  id: 'operator',
  title: 'operator key and funding',
  about: `An account on Optimism is your identity: its address is your Node Operator ID.
Its key goes into the environment of one of your nodes, so use a fresh one.
Keep a copy of it in a safe place: whoever has it is you.`,
  async run(wizard) {
    const { files, talk } = wizard.services
    if (wizard.answers.operator_key_file === undefined && wizard.answers.keystore === undefined) await obtainKey(wizard)
    // Its own sentence names the file, and not a flag that nobody gave.
    const { operator_key_file: file, operator: wanted } = wizard.answers
    if (file !== undefined) parseOperatorPrivateKey(await files.readSecret(wizard.at(file)), wizard.at(file))
    const address = await (await configured(wizard, { operator: undefined })).settings.operator()
    const source = wizard.source(['operator'])
    if (wanted !== undefined && parseAddress(wanted, source) !== address)
      throw new WcnError('WRONG_SIGNER', `${source} is ${wanted}, but the key belongs to ${address}`, {
        hint: 'correct operator, or name the file with its key',
        details: { expected: wanted, actual: address },
      })
    await wizard.keep([['operator'], address])
    talk.note(`Your Node Operator ID: ${address}`)
    const services = await configured(wizard)
    if (findOperator((await (await services.chain()).readCluster()).view, address))
      talk.note('Your operator is in the cluster already.')
    await checkFunding(wizard, services)
    return null
  },
  commands(wizard) {
    const { operator_key, operator_key_file, keystore, password_file } = wizard.answers
    const { privateKeyFile, keystore: keystorePath, passwordFile } = signerFlags(wizard)
    const file = keystore ?? operator_key_file
    const made = keystore === undefined ? [] : ['--keystore', ...flags({ '--password-file': passwordFile })]
    return [
      ...(operator_key === undefined || file === undefined
        ? []
        : [wcn('operator keygen', ['--out', wizard.at(file)], made)]),
      ...exports({
        WCN_PRIVATE_KEY_FILE: privateKeyFile,
        WCN_KEYSTORE: keystorePath,
        WCN_PASSWORD_FILE: password_file && passwordFile,
      }),
    ]
  },
}

async function obtainKey(wizard: Wizard): Promise<void> {
  const { services, answers, interactive } = wizard
  if (!interactive && answers.operator_key === undefined) throw wizard.missing(['operator_key_file'])
  const answer = await wizard.choose(['operator_key'], "The operator's key", {
    new: 'make a new one, in a file that only you can read',
    keystore: 'make a new one, encrypted with a password (a keystore)',
    existing: 'use a file that exists: a bare key or a keystore',
  })
  if (answer === 'existing') return askExisting(wizard)
  const kind = answer === 'keystore' ? answer : 'new'
  const file = wizard.at(FILES[kind])
  if (await services.files.exists(file)) services.talk.note(takenUp(file))
  else {
    await services.files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
    const password = answers.password_file
    if (kind === 'keystore' && password === undefined && !interactive) throw wizard.missing(['password_file'])
    const encrypted = { keystore: true, ...(password === undefined ? {} : { passwordFile: wizard.at(password) }) }
    await keygen(services, { out: file, ...(kind === 'keystore' ? encrypted : {}) })
    services.talk.note(`made ${file}`)
  }
  await wizard.keep([[kind === 'keystore' ? 'keystore' : 'operator_key_file'], FILES[kind]])
}

async function askExisting(wizard: Wizard): Promise<void> {
  const { files } = wizard.services
  if (!wizard.interactive) throw wizard.missing(['operator_key_file'])
  // A keystore is JSON, and may be readable by others.
  const isKeystore = async (file: string) => (await files.readText(file)).trimStart().startsWith('{')
  const path = await wizard.askFile('File with the key', async (file) => {
    if (await isKeystore(file)) parseKeystore(await files.readText(file), file)
    else parseOperatorPrivateKey(await files.readSecret(file), file)
  })
  await wizard.keep([[(await isKeystore(path)) ? 'keystore' : 'operator_key_file'], path])
}

/** What it holds pays for. Never in the way: ETH may come later. Throws what reading the account throws. */
async function checkFunding(wizard: Wizard, configured: Services): Promise<void> {
  const { talk } = wizard.services
  for (;;) {
    const { data } = await operatorFunds(configured)
    if (data.balance_wei !== '0') {
      const writes = data.writes_left === null ? '' : `, enough for about ${counted(data.writes_left, 'transaction')}`
      return talk.note(`The account holds ${etherInWords(BigInt(data.balance_wei), 'down')}${writes}.`)
    }
    const empty = `The account ${data.operator} holds no ETH yet`
    if (!wizard.interactive) return talk.warn(`${empty}; the request to join can't be made without`)
    const text = `${empty}. Send it some on Optimism; the request to join needs it, and the equivalent of $5 lasts for about a year`
    const options = { again: 'look again', later: 'later: go on without' }
    if ((await wizard.pick(['answers'], text, options)) === 'later') return
  }
}
