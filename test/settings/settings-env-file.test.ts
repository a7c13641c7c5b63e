/** What an env file has to be before it counts as one. In every way of starting: test/e2e/env-file.test.ts. */
import { describe, expect, it } from 'vitest'
import { createFiles } from '../../src/platform/files/files.js'
import { readSettingsFile } from '../../src/settings/env-file.js'
import * as settings from '../../src/settings/settings-table.js'
import { rejectionOf } from '../support/rejection.js'
import { standardInput } from '../support/services.js'

const read = (text: string, environment = {}) =>
  readSettingsFile('-', { files: createFiles({ stdin: standardInput(text) }), environment })

describe('an env file', () => {
  it.each([
    ...settings.CONTRACT_ADDRESS.variables,
    ...settings.RPC_URL.variables,
    ...settings.ENCRYPTION_KEY.inline.variables,
    ...settings.MIN_FUNDS.variables,
    ...settings.SIGNERS.operator.key.file.variables,
    ...settings.SIGNERS.owner.kms.variables,
    'WCN_OPERATOR',
    'WCN_CONTEXT',
  ])('that sets %s is one', async (name) => {
    const text = `# of others\nFOO=1\nexport ${name}=x # as told\n`
    expect(await read(text)).toEqual({ name: 'standard input', values: { FOO: '1', [name]: 'x' } })
  })

  it.each([
    ['comments', '# SMART_CONTRACT_ADDRESS=0x00\n\n', 'sets nothing that wcn knows'],
    ['settings of others', 'DATABASE_URL=x\nWCN_OTHER=1\n', 'sets nothing that wcn knows'],
    ['settings without a value', "SMART_CONTRACT_ADDRESS=\nRPC_PROVIDER_URL=''\n", 'sets nothing that wcn knows'],
    ['white space', ' \n\t\n', 'is empty'],
  ])('with nothing but %s is none', async (_, text, why) => {
    const error = await rejectionOf(read(text))
    expect(error).toMatchObject({ code: 'DOCUMENT_INVALID', message: `standard input ${why}` })
    expect(error.hint).toContain('has failed')
  })

  it.each([
    ['SMART_CONTRACT_ADRESS', 'SMART_CONTRACT_ADDRESS'],
    ['smart_contract_address', 'SMART_CONTRACT_ADDRESS'],
    ['RPC_PROVIDER_URI', 'RPC_PROVIDER_URL'],
    ['WCN_OWNER_KEYSTOR', 'WCN_OWNER_KEYSTORE'],
  ])('with %s is none', async (name, meant) => {
    const error = await rejectionOf(read(`WCN_TIMEOUT=5\n${name}=x\n`))
    expect(error).toMatchObject({ code: 'DOCUMENT_INVALID' })
    expect(error.message).toBe(`standard input sets ${name}, which is no setting; ${meant} may be meant`)
    expect((await read(`${meant}=x\n${name}=x\n`)).values).toMatchObject({ [name]: 'x' })
  })

  it('that npx has drained is told apart', async () => {
    expect((await rejectionOf(read('\n', { npm_command: 'exec' }))).hint).toContain('`npx -- wcn …`')
  })

  it('is none of Node, which does not look into it here', async () => {
    expect(await read('NODE_OPTIONS=--bad\nWCN_TIMEOUT=5\n')).toMatchObject({ values: { NODE_OPTIONS: '--bad' } })
  })
})
