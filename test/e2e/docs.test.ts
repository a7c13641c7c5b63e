/** What the handbook tells people to type is a command line of this tool, its links lead somewhere, and nothing is missing. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionalNames } from '../../src/deploy/model/service-variables.js'
import { flagOf, settingsOf } from '../../src/settings/settings-table.js'
import { sandbox, wcn } from '../support/cli.js'
import { inertProgram } from '../support/inert-program.js'

const folder = fileURLToPath(new URL('../../docs/', import.meta.url))
const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8')
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'))
/** Pages that people wrote. */
const handbook = ['../README.md', ...pages.filter((name) => name !== 'reference.md')]

/** Code blocks of shells, indented ones too. */
function shellBlocks(page: string): readonly string[] {
  return [...read(page).matchAll(/^( *)```(?:sh|bash)\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
}

/** The words after each `wcn` in a block, comments and redirections left out. */
function commandLines(block: string): readonly (readonly string[])[] {
  const lines = block.replaceAll('\\\n', ' ').split('\n')
  return lines.flatMap((line) =>
    [...line.replace(/(^|\s)#.*$/, '').matchAll(/(?:^|<\(|&& |; |\| )wcn( [^|;&<>()]*)/g)].map(([, words = '']) =>
      [...words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ''),
    ),
  )
}

const blocks = handbook.flatMap((page) => shellBlocks(page).map((block) => [page, block] as const))
const commands = blocks.flatMap(([page, block]) => commandLines(block).map((words) => [page, words] as const))
const mentioned = handbook.flatMap((page) =>
  [...read(page).matchAll(/`wcn ([a-z][^`]*)`/g)].map(([, text = '']) => [page, text.replaceAll(/\s+/g, ' ')] as const),
)

beforeAll(() => {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
})

describe('command lines', () => {
  it('are found', () => expect(commands.length).toBeGreaterThan(60))

  it.each(commands)('%s: wcn %j', async (_, words) => {
    await (await inertProgram()).parseAsync([...words], { from: 'user' })
  })

  it.each(blocks)('%s: a shell understands %j', (_, block) => {
    execFileSync('bash', ['-n'], { input: block, stdio: ['pipe', 'pipe', 'pipe'] })
  })

  it('that are no such thing are noticed', async () => {
    const [words = []] = commandLines('echo x && wcn nodes ad --quickly "a b" # wcn none')
    expect(words).toEqual(['nodes', 'ad', '--quickly', 'a b'])
    await expect((await inertProgram()).parseAsync([...words], { from: 'user' })).rejects.toThrow()
  })

  it.each(mentioned)('%s mentions `wcn %s`, which there is', async (_, text) => {
    let command = await inertProgram()
    // What follows -- is somebody else's.
    const [own = ''] = text.split(' -- ')
    for (const word of own.split(' ')) {
      const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
      if (child) command = child
      else if (command.commands.length > 0 && /^[a-z]/.test(word)) expect.fail(`there is no ${word}`)
      if (word.startsWith('--')) expect(['--help', ...command.options.map(({ long }) => long)]).toContain(word)
    }
  })
})

describe('the description in onboarding.md', () => {
  const box = sandbox()
  afterAll(box.remove)
  const cwd = box.path('.')
  const contract = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
  const ok = async (args: readonly string[]) => {
    // The handbook's addresses are for documentation, and not routable.
    const { code, stdout, stderr } = await wcn(args, { cwd, env: { WCN_ALLOW_PRIVATE_ADDRESSES: '1' } })
    expect({ args, code, stderr }).toMatchObject({ code: 0 })
    return stdout
  }

  beforeAll(async () => {
    const [, text = ''] = /```yaml\n(contract_address:[\s\S]*?)```/.exec(read('onboarding.md')) ?? []
    await ok(['operator', 'keygen', '--out', 'operator.key'])
    for (const name of ['node-a', 'node-b', 'database']) await ok(['key', 'generate', '--out', `${name}.key`])
    writeFileSync(box.path('encryption.key'), `0x${'5a'.repeat(32)}`, { mode: 0o600 })
    writeFileSync(box.path('rpc.url'), 'wss://optimism.example.com', { mode: 0o600 })
    const operator = await ok(['operator', 'address', '--private-key-file', 'operator.key', '--json'])
    const [id = ''] = /0x[0-9a-fA-F]{40}/.exec(operator) ?? []
    const filled = text
      .replace('contract_address: "0x…"', `contract_address: "${contract}"`)
      .replace('operator: "0x…"', `operator: "${id}"`)
    writeFileSync(box.path('deployment.yaml'), filled)
  })

  const emits = commands.map(([, words]) => words).filter(([noun, verb]) => noun === 'config' && verb === 'emit')
  it.each(emits)('does for wcn %s %s %s %s %s %s %s %s', async (...words) => {
    await ok(words.filter((word) => typeof word === 'string'))
  })

  it('passes its own check', async () => {
    await ok(['config', 'emit', '-f', 'deployment.yaml', '--format', 'compose', '--out', 'checked'])
    await ok(['config', 'check', 'checked'])
  })
})

describe('links', () => {
  const links = ['../README.md', ...pages].flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#]*)(#[^)]*)?\)/g)]
      .map(([, path = '', anchor = '']) => [page, path, anchor] as const)
      .filter(([, path]) => !/^https?:/.test(path)),
  )

  it.each(links)('%s → %s%s', (page, path, anchor) => {
    const base = page.startsWith('../') && path ? '../' : ''
    const target = path ? `${base}${path}` : page
    expect(existsSync(`${folder}${target}`)).toBe(true)
    if (anchor) expect(anchorsOf(read(target))).toContain(anchor.slice(1))
  })
})

describe('settings.md', () => {
  const all = [...settingsOf('operator'), ...settingsOf('owner')].flat()
  const text = read('settings.md')

  it.each(all.flatMap(({ variables }) => variables))('has %s', (name) => expect(text).toContain(`\`${name}\``))
  it.each(all.flatMap(({ help, flags }) => (help === undefined ? [] : flags.slice(0, 1).map(flagOf))))(
    'has %s',
    (flag) => expect(text).toContain(`\`${flag}\``),
  )
  it.each([...optionalNames('node'), ...optionalNames('database')])('and of the services %s', (name) =>
    expect(text).toContain(`\`${name}\``),
  )
})

/** As pages are shown on the web: a heading in lower case, without marks, and dashes for spaces. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
