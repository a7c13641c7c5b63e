/** What is done without the grammar is what the grammar would have done, and nothing else is done without it. */
import { describe, expect, it } from 'vitest'
import { wcnInProcess } from '../support/in-process.js'

const shown = (text: string) => text.replace(/"[0-9A-Za-z+/]{43}="/g, '"KEY"').replace(/12D3KooW\w{44}/g, 'PEER')

/** With a flag that changes nothing here, before which no way is quick. */
async function inFull(argv: readonly string[]) {
  const result = await wcnInProcess(['--no-color', ...argv])
  return { ...result, stdout: shown(result.stdout) }
}

describe('the quick way and the full way say the same', () => {
  it.each([
    [['--version']],
    [['-V']],
    [['--version', '--version']],
    [['-V', 'key']],
    [['--version', 'key', 'generate']],
    [['key', 'generate']],
    [['key generate']],
    [['key', 'generate', '']],
    [['key', 'generate', '--']],
    [['key', 'generate', '--json']],
    [['key', 'generate', '--quiet']],
    [['key', 'generate', '--version']],
    [['key', 'generate', '--help']],
    [['key', 'generate', '--count', '2']],
    [['key', 'generate', '--count', '0']],
    [['key', 'generate', '--cont', '1']],
    [['key', 'generate', 'generate']],
    [['key', 'Generate']],
    [['key', 'gen']],
    [['generate', 'key']],
    [['generate']],
    [['']],
  ])('wcn %j', async (argv) => {
    const { stdout, ...rest } = await wcnInProcess(argv)
    expect({ ...rest, stdout: shown(stdout) }).toEqual(await inFull(argv))
  })
})
