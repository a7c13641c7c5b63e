/** What a command line says twice: a flag with two values, standard input for two readers. */
import type { Command } from 'commander'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { requireOneStandardInput } from '../../src/cli/grammar-of.js'
import { fullProgram } from '../../src/program.js'

beforeAll(() => void vi.stubGlobal('WCN_VERSION', '0.0.0'))

/** What a command line is refused with before anything is read; null where it is not. */
async function complaintAbout(...words: readonly string[]): Promise<string | null> {
  let said = ''
  const everyCommand = (command: Command) => {
    command.configureOutput({
      writeErr: (text) => {
        said += text
      },
    })
    command.action((...given: unknown[]) => requireOneStandardInput(given.at(-1) as Command))
    for (const child of command.commands) everyCommand(child)
  }
  const program = await fullProgram()
  everyCommand(program)
  try {
    await program.parseAsync([...words], { from: 'user' })
    return null
  } catch (error) {
    return said || (error as Error).message
  }
}

describe('a flag', () => {
  it.each([
    ['--env-file', ['operator', 'view', '--env-file', 'a', '--json', '--env-file', 'b']],
    ['--env-file', ['operator', 'view', '--env-file=a', '--env-file=b']],
    ['--contract-address', ['nodes', 'list', '--contract-address', '0x1', '--contract-address', '0x2']],
    ['--context', ['clients', 'list', '--context', 'eu', '--context', 'na']],
    ['--file', ['nodes', 'update', '-f', 'a', '--file', 'b']],
    ['--private-key-file', ['operator', 'rename', 'x', '--private-key-file', 'a', '--private-key-file', 'b']],
    ['--env-file', ['doctor', '--only', 'keys', '--only', 'funds', '--env-file', 'a', '--env-file', 'b']],
  ])('%s has one value', async (flag, words) => {
    expect(await complaintAbout(...words)).toBe(`error: ${flag} is given twice, with different values\n`)
  })

  it.each([
    ['the same one', ['operator', 'view', '--env-file', 'a', '--env-file', 'a']],
    ['several providers', ['operator', 'view', '--rpc-url', 'http://a', '--rpc-url', 'http://b']],
    ['the last of what harms nobody', ['operator', 'view', '--timeout', '9', '--timeout', '5']],
    ['several operators', ['admin', 'deploy', '--operator', '0x1', '--operator', '0x2']],
    ['several groups', ['doctor', '--only', 'keys', '--only', 'funds']],
    ['several keys', ['operator', 'register', '--secret-key-file', 'a', '--secret-key-file', 'b']],
    ['a command of its own', ['nodes', 'rollout', '--', 'docker', 'run', '--env-file', 'a', '--env-file', 'b']],
  ])('may be given twice: %s', async (_, words) => {
    expect(await complaintAbout(...words)).toBeNull()
  })
})

describe('standard input', () => {
  it.each([
    ['--private-key-file', '--file', ['nodes', 'update', '-f', '-', '--private-key-file', '-']],
    ['--env-file', '--private-key-file', ['operator', 'view', '--private-key-file', '/dev/stdin', '--env-file', '-']],
    ['--encryption-key-file', 'CALL', ['tx', 'decode', '-', '--encryption-key-file', '/dev/fd/0']],
    ['--secret-key-file', 'DRAFT', ['key', 'prove', '--secret-key-file', '-', '-']],
    ['--secret-key-file', '--secret-key-file', ['operator', 'register', '--secret-key-file', '-', '-']],
    ['PATHS', 'PATHS', ['config', 'check', '-', '/dev/stdin']],
  ])('is for one of %s and %s', async (one, other, words) => {
    const complaint = await complaintAbout(...words)
    expect(complaint).toContain('are both to be read from standard input')
    for (const name of [one, other]) expect(complaint).toContain(name)
  })

  it.each([
    ['one reader', ['nodes', 'update', '-f', '-', '--private-key-file', 'a']],
    ['what is written', ['nodes', 'diff', '-f', '-', '--out', '-']],
    ['a command of its own', ['nodes', 'rollout', '--private-key-file', '-', '--', 'cat', '-']],
  ])('may be given: %s', async (_, words) => {
    expect(await complaintAbout(...words)).toBeNull()
  })
})
