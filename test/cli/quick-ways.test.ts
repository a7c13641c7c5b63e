/** What is done without the grammar is what the grammar would have done, and nothing else is done without it. */
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { parsedCommand } from '../../src/cli/parsed-command.js'
import { fullProgram } from '../../src/program.js'
import { NO_FLAGS, QUICK_READS } from '../../src/quick.js'
import { useDevnet, type Variables } from '../support/devnet.js'
import { wcnInProcess } from '../support/in-process.js'

const net = useDevnet()

const shown = (text: string) => text.replace(/"[0-9A-Za-z+/]{43}="/g, '"KEY"').replace(/12D3KooW\w{44}/g, 'PEER')

/** Quickly, and with a flag that changes nothing here, before which no way is quick. */
async function bothWays(argv: readonly string[], env: Variables = {}) {
  const runs = [await wcnInProcess(argv, { env }), await wcnInProcess(['--no-color', ...argv], { env })]
  return runs.map((run) => ({ ...run, stdout: shown(run.stdout) }))
}

describe('the quick way and the full way say the same', () => {
  it.each([
    [['--version']],
    [['-V']],
    [['--version', '']],
    [['--version', '--version']],
    [['-V', 'key']],
    [['--version', 'key', 'generate']],
    [['key', 'generate']],
    [['key generate']],
    [['key generate', '']],
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
    const [quick, full] = await bothWays(argv)
    expect(quick).toEqual(full)
  })
})

const MORE = [
  [],
  ['--json'],
  ['--json', '--json'],
  ['--json=1'],
  ['--output', 'yaml'],
  ['--quiet'],
  ['--wide'],
  ['--'],
  [''],
  ['-'],
  ['x'],
  ['--jsn'],
  ['--context', 'nobody'],
  ['--help'],
]

describe.each(QUICK_READS.map((words) => [words]))('wcn %s', (words) => {
  const argv = words.split(' ')
  const env = () => ({ ...net.cluster, WCN_OPERATOR: net.operators[0]?.address ?? '' })

  it.each(MORE.map((more) => [more]))('with %j', async (more) => {
    const [quick, full] = await bothWays([...argv, ...more], env())
    expect(quick).toEqual(full)
    expect(quick?.code === 0).toBe(/^--(?:json|output|quiet|wide|help|$)/.test(more[0] ?? '--'))
  })

  it.each<[string, Variables]>([
    ['nothing is set', {}],
    ['the contract is none', { WCN_OPERATOR: 'x', SMART_CONTRACT_ADDRESS: '0x12' }],
    ['the context is not there', { WCN_CONTEXT: 'nobody' }],
    ['the key does not fit', { SMART_CONTRACT_ENCRYPTION_KEY: '11'.repeat(32) }],
    ['another chain is expected', { WCN_CHAIN_ID: '10' }],
  ])('where %s', async (what, changes) => {
    for (const more of [[], ['--json']]) {
      const given = what === 'nothing is set' ? {} : { ...env(), ...changes }
      const [quick, full] = await bothWays([...argv, ...more], given)
      expect(quick).toEqual(full)
    }
  })

  it('is given what the grammar gives', async () => {
    const requireOneStandardInput = expect.any(Function)
    const parsed = parsedCommand(await commandOf(argv))
    expect(parsed).toEqual({ given: NO_FLAGS, words, takesSettings: true, requireOneStandardInput })
  })
})

async function commandOf(argv: readonly string[]): Promise<Command> {
  let command = await fullProgram()
  for (const word of argv) command = command.commands.find((child) => child.name() === word) as Command
  command.parseOptions([])
  return command
}
