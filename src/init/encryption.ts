/** The key that hides addresses on chain: a file of yours, or typed here and put into one. */
import { parseEncryptionKey } from '../base/keys/encryption-key.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnIfTracked } from '../key/secret-file-target.js'
import { askFile } from './ask-file.js'
import { KEYS_FOLDER, takenUp } from './configured.js'
import { DONE, type Step } from './step.js'
import type { Wizard } from './wizard.js'

const FILE = `${KEYS_FOLDER}/encryption.key`

export const encryption: Step = {
  id: 'encryption',
  title: 'encryption key',
  about: `Together with the address of the contract you received a symmetric key. All
operators of the cluster share it: it encrypts what is semi-sensitive on
chain, the IP addresses.`,
  async run(wizard) {
    const { files } = wizard.services
    const path = wizard.answers.encryption_key_file ?? (await obtainKey(wizard))
    parseEncryptionKey(await files.readSecret(wizard.at(path)), wizard.at(path))
    await wizard.keep([['encryption_key_file'], path])
    return DONE
  },
}

async function obtainKey(wizard: Wizard): Promise<string> {
  const { files, talk } = wizard.services
  if (await files.exists(wizard.at(FILE))) {
    talk.note(takenUp(wizard.at(FILE)))
    return FILE
  }
  if (!talk.interactive) throw wizard.missing(['encryption_key_file'])
  const how = await wizard.choose(['encryption_key'], {
    text: "The cluster's encryption key",
    options: [
      { value: 'typed', label: `type or paste it; it is not shown, and goes to ${wizard.at(FILE)}` },
      { value: 'file', label: 'use a file that exists' },
    ],
  })
  if (how === 'file')
    return askFile(wizard, 'File with the key', async (path) => parseEncryptionKey(await files.readSecret(path), path))
  const key = await typedKey(wizard)
  await files.makeDirectory(wizard.at(KEYS_FOLDER), 0o700)
  await warnIfTracked(wizard.services, wizard.at(FILE))
  await files.createPrivate(wizard.at(FILE), `${key}\n`)
  return FILE
}

async function typedKey({ services: { talk } }: Wizard): Promise<string> {
  for (;;) {
    const typed = (await talk.askHidden('Paste the encryption key', 'encryption_key_file')).trim()
    try {
      parseEncryptionKey(typed, 'what was typed')
      return typed
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      talk.tell(`${error.message}; try again`)
    }
  }
}
