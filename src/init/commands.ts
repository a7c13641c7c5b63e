/** The commands that do what the wizard did, as they can be pasted into a shell. They hold no secret. */

import { shellWord } from '../base/shell-word.js'
import { checkedPaths } from './check.js'
import { RPC_URL_FILE, signerFlags } from './configured.js'
import { DESCRIPTION_FILE, emitInput } from './files.js'
import type { StepId } from './init-file.js'
import { registerInput } from './register.js'
import type { Wizard } from './wizard.js'

/** Of the steps that are done, in order; settings that all share come first. */
export function equivalentCommands(wizard: Wizard): readonly string[] {
  const { done, answers, at } = wizard
  const { formats = [], nodes = [] } = answers
  const of = (step: StepId, ...lines: readonly (string | null)[]) => (done.includes(step) ? lines : [])
  const { node: _, file = '', name = '', secretKeyFile = [], proof = [], draft, out = '' } = registerInput(wizard)
  return [
    ...settings(wizard),
    ...of('operator', operatorKey(wizard)),
    ...of(
      'encryption',
      `# the cluster's encryption key, chmod 600: ${shellWord(at(answers.encryption_key_file ?? ''))}`,
    ),
    ...of('keys', ...[answers.database, ...nodes].map((service) => generated(wizard, service?.secret_key_file))),
    ...of(
      'files',
      `${wcn('config init', ['--keys', at('keys')], ['--nodes', String(nodes.length)], ['--out', at(DESCRIPTION_FILE)])} # then fill it in`,
      ...formats.map((format) => {
        const { file: description = '', out: folder = '', node: names = [], database } = emitInput(wizard, format)
        return wcn(
          'config emit',
          ['-f', description],
          ['--format', format],
          ['--out', folder],
          ...names.map((one) => ['--node', one]),
          ...(database ? [['--database']] : []),
          ...(answers.keystore === undefined ? [] : [['--keystore', at(answers.keystore)]]),
        )
      }),
    ),
    ...of(
      'register',
      wcn(
        'operator register',
        ['-f', file],
        ['--name', name],
        ...secretKeyFile.map((one) => ['--secret-key-file', one]),
        ...(draft === undefined ? [] : [['--draft', draft]]),
        ...proof.map((one) => ['--proof', one]),
        ['--out', out],
      ),
    ),
    ...of('wait', wcn('operator register', ['--status', out], ['--wait'])),
    ...of('check', wcn('config check', checkedPaths(wizard), ['--online']), wcn('operator view'), context(wizard)),
  ].filter((line) => line !== null)
}

function wcn(words: string, ...more: readonly (readonly string[])[]): string {
  return ['wcn', words, ...more.flat().map(argument)].join(' ')
}

/** A value that begins with a dash would be taken for a flag either way; one of ours never does but the flags. */
function argument(word: string): string {
  return /^--?[a-z-]+$/.test(word) ? word : shellWord(word)
}

function settings(wizard: Wizard): readonly string[] {
  const { answers, at, done } = wizard
  const { privateKeyFile, keystore, passwordFile } = signerFlags(wizard)
  const rpcUrl = done.includes('provider') ? `"$(cat ${shellWord(at(RPC_URL_FILE))})"` : undefined
  const values: readonly (readonly [name: string, value: string | undefined])[] = [
    ['SMART_CONTRACT_ADDRESS', answers.contract_address],
    ['WCN_CHAIN_ID', answers.chain_id === undefined ? undefined : String(answers.chain_id)],
    ['WCN_ENCRYPTION_KEY_FILE', answers.encryption_key_file && at(answers.encryption_key_file)],
    ['WCN_PRIVATE_KEY_FILE', privateKeyFile],
    ['WCN_KEYSTORE', keystore],
    ['WCN_PASSWORD_FILE', passwordFile],
    ['WCN_ALLOW_PRIVATE_ADDRESSES', wizard.services.settings.allowPrivateAddresses() ? '1' : undefined],
  ]
  return [
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}=${shellWord(value)}`])),
    // The shell reads it, so that it is in no list of commands.
    ...(rpcUrl === undefined ? [] : [`export RPC_PROVIDER_URL=${rpcUrl}`]),
  ]
}

/** So that later commands need no exports. */
function context(wizard: Wizard): string {
  const { answers, at } = wizard
  const { privateKeyFile, keystore, passwordFile } = signerFlags(wizard)
  const flags: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--contract-address', answers.contract_address],
    ['--chain-id', answers.chain_id === undefined ? undefined : String(answers.chain_id)],
    ['--encryption-key-file', answers.encryption_key_file && at(answers.encryption_key_file)],
    ['--private-key-file', privateKeyFile],
    ['--keystore', keystore],
    ['--password-file', passwordFile],
    ['--rpc-url-file', at(RPC_URL_FILE)],
  ]
  const known = flags.flatMap(([flag, value]) => (value === undefined ? [] : [[flag, value]]))
  return wcn('context add', [answers.region ?? 'mine'], ...known)
}

function operatorKey(wizard: Wizard): string | null {
  const { operator_key, operator_key_file, keystore, password_file } = wizard.answers
  const file = keystore ?? operator_key_file
  if (operator_key === undefined || file === undefined) return null
  return wcn(
    'operator keygen',
    ['--out', wizard.at(file)],
    ...(keystore === undefined ? [] : [['--keystore']]),
    ...(keystore === undefined || password_file === undefined ? [] : [['--password-file', wizard.at(password_file)]]),
  )
}

/** Only what was made here: other files have absolute paths. */
function generated({ at }: Wizard, file: string | undefined): string | null {
  return file === undefined || at(file) === file ? null : wcn('key generate', ['--out', at(file)])
}
