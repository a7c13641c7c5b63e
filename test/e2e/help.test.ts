/** Help and first flags, as they are typed. */
import { describe, expect, it } from 'vitest'
import { wcnInProcess as wcn } from '../support/in-process.js'

describe('wcn help', () => {
  it.each([
    [
      ['help', 'nodes', 'list'],
      ['nodes', 'list', '--help'],
    ],
    [
      ['help', 'node', 'rm'],
      ['nodes', 'remove', '--help'],
    ],
    [
      ['help', 'admin', 'operator', 'approve'],
      ['admin', 'operator', 'approve', '--help'],
    ],
    [
      ['help', 'doctor'],
      ['doctor', '--help'],
    ],
    [['help'], ['--help']],
  ])('%j is %j', async (asked, same) => {
    const help = await wcn(asked)
    expect(help).toEqual(await wcn(same))
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: wcn') })
  })

  it.each(['flags', 'settings', 'output', 'exit-codes', 'files'])('%s is a topic', async (topic) => {
    const help = await wcn(['help', topic])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout.length).toBeGreaterThan(200)
  })

  it('is a document with --json, wherever that stands', async () => {
    const { code, stdout } = await wcn(['--json', 'help', 'node', 'ls'])
    const { ok, data } = JSON.parse(stdout)
    expect({ code, ok, about: data.about }).toEqual({ code: 0, ok: true, about: 'nodes list' })
    expect(data.text).toBe((await wcn(['nodes', 'list', '--help'])).stdout)
    expect(data.command.examples).toContain('wcn nodes list')
    expect(data.command.flags).toContainEqual({ flags: '-h, --help', description: expect.any(String) })
    const topic = JSON.parse((await wcn(['help', 'exit-codes', '--json'])).stdout)
    expect(topic.data).toEqual({ about: 'exit-codes', text: (await wcn(['help', 'exit-codes'])).stdout, command: null })
    const none = await wcn(['help', 'nonsense', '--json'])
    expect(JSON.parse(none.stdout)).toMatchObject({ ok: false, error: { code: 'USAGE' } })
    const names = JSON.parse((await wcn(['help', '--json'])).stdout).data.command.commands
    expect(names).toContainEqual({ name: 'nodes', summary: 'the nodes your operator has on chain' })
  })

  it.each([['nonsense'], ['nodes', 'nonsense'], ['flags', 'nodes'], ['constructor']])(
    'refuses %s %s',
    async (...words) => {
      const asked = words.filter((word) => typeof word === 'string')
      const help = await wcn(['help', ...asked])
      expect(help).toMatchObject({ code: 2, stdout: '' })
      expect(help.stderr).toContain(`"${asked.join(' ')}"`)
    },
  )
})

describe('flags before the noun', () => {
  it.each([
    [
      ['--json', 'version'],
      ['version', '--json'],
    ],
    [
      ['--json', '--no-color', 'operator', 'address'],
      ['operator', 'address', '--json', '--no-color'],
    ],
    [
      ['--env-file', 'missing.env', 'cluster', 'view'],
      ['cluster', 'view', '--env-file', 'missing.env'],
    ],
    [
      ['--env-file=missing.env', 'cluster', 'view'],
      ['cluster', 'view', '--env-file=missing.env'],
    ],
    [
      ['--context', 'eu', '--debug', 'nodes', 'ls'],
      ['nodes', 'list', '--context', 'eu', '--debug'],
    ],
    [
      ['--quiet', 'nodes', 'rollout', '--', 'true', '--json'],
      ['nodes', 'rollout', '--quiet', '--', 'true', '--json'],
    ],
    [['--json'], ['--json']],
    [['--context'], ['--context']],
  ])('%j is %j', async (before, after) => {
    expect(withoutStack(await wcn(before))).toEqual(withoutStack(await wcn(after)))
  })

  it('that only one command has stay with it', async () => {
    expect(await wcn(['--yes', 'nodes', 'list'])).toMatchObject({ code: 2 })
  })
})

function withoutStack<T extends { readonly stderr: string }>(run: T) {
  return { ...run, stderr: run.stderr.replace(/^\s+at .*$/gm, '') }
}
