/** Whoever reads JSON can ask for the schema that they know; and `ok` says what the exit code says. */
import { describe, expect, it } from 'vitest'
import { SCHEMAS } from '../../src/version/version.js'
import { wcnInProcess } from '../support/in-process.js'

const SHOWS_A_FAULT = { env: { RPC_PROVIDER_URL: 'no-url' } }

/** What a command line prints with this flag, wherever it stands. */
async function printed(flag: string, words: readonly string[], options = {}) {
  const runs = [await wcnInProcess([flag, ...words], options), await wcnInProcess([...words, flag], options)]
  const [first, last] = runs.map(({ code, stdout }) => ({ code, ...JSON.parse(stdout) }))
  expect(first).toEqual(last)
  return first
}

describe.each([
  ['--json', 2, false],
  ['--json=2', 2, false],
  ['--json=1', 1, true],
])('%s', (flag, schema, okBesideAFault) => {
  it('prints what is right', async () => {
    expect(await printed(flag, ['context', 'list'])).toEqual({ code: 0, schema, ok: true, data: expect.anything() })
  })

  it('prints what is not right', async () => {
    const shown = await printed(flag, ['config', 'show'], SHOWS_A_FAULT)
    expect(shown).toEqual({ code: 2, schema, ok: okBesideAFault, data: expect.anything() })
  })

  it('prints an error, of the grammar too', async () => {
    const error = { code: 'USAGE', message: expect.any(String), hint: expect.any(String), details: {} }
    expect(await printed(flag, ['context', 'lst'])).toEqual({ code: 2, schema, ok: false, error })
    expect(await printed(flag, ['key', 'inspect', 'x'])).toMatchObject({ code: 2, schema, ok: false })
  })
})

it('is the last of those that `wcn version` names', async () => {
  expect(JSON.parse((await wcnInProcess(['context', 'list', '--json'])).stdout).schema).toBe(SCHEMAS.output.at(-1))
})

it.each(['--json=3', '--json='])('%s is refused with those that there are', async (flag) => {
  const hint = 'hint: `--json` prints schema 2, `--json=1` schema 1\n'
  const stderr = `error: unknown option '${flag}'\n${hint}`
  expect(await wcnInProcess(['context', 'list', flag])).toEqual({ code: 2, stdout: '', stderr })
})
