/**
 * What the programs that read env files make of one: each real where it is installed, and by its documented rules where
 * it can't be asked. A reader gives every variable it found, so that a line that was brought in would show.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { parse as dotenvParse } from 'dotenv'
import type { Sandbox } from './cli.js'
import { installed } from './installed.js'

export type Variables = Readonly<Record<string, string>>

interface Reader {
  readonly name: string
  /** `path` is the file's. */
  read(text: string, path: string, box: Sandbox): Variables | Promise<Variables>
}

const SYSTEMD = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

/** Of the shell dialect. */
export const SHELL_READERS: readonly Reader[] = [
  { name: 'sh', read: (_, path) => bySh(path) },
  { name: 'node --env-file', read: (_, path) => byNode(path) },
  { name: 'dotenv', read: (text) => dotenvParse(text) },
  { name: 'compose, by its rules', read: asCompose },
  ...(existsSync(SYSTEMD) ? [{ name: 'systemd', read: bySystemd }] : []),
]

/** Of the literal dialect. */
export const LITERAL_READERS: readonly Reader[] = [
  { name: 'docker, by its rules', read: asDocker },
  ...(installed('docker', '--version') ? [{ name: 'docker', read: byDocker }] : []),
  ...(installed('kubectl', 'version', '--client') ? [{ name: 'kubectl', read: byKubectl }] : []),
]

/** What is set in any shell that was started with nothing but this. */
const BARE = { PATH: process.env.PATH ?? '' }
const OF_THE_SHELL = new Set(['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'])

function pairsOf(pairs: readonly string[]): Variables {
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

function bySh(path: string): Variables {
  const printed = execFileSync('sh', ['-euc', 'set -a; . "$1"; env -0', 'sh', path], { env: BARE, encoding: 'utf8' })
  return pairsOf(
    printed
      .split('\0')
      .filter(Boolean)
      .filter((pair) => !OF_THE_SHELL.has(pair.slice(0, pair.indexOf('=')))),
  )
}

function byNode(path: string): Variables {
  const printed = execFileSync(process.execPath, [`--env-file=${path}`, '-p', 'JSON.stringify(process.env)'], {
    env: {},
    encoding: 'utf8',
  })
  return JSON.parse(printed) as Variables
}

/** From one single quote to the next that has no backslash before it, and nothing in between is expanded. */
function asCompose(text: string): Variables {
  const read: Record<string, string> = {}
  for (let rest = text; rest !== ''; ) {
    const line = rest.slice(0, rest.indexOf('\n') + 1) || rest
    const [start, name] = /^([A-Za-z0-9_.-]+)='/.exec(line) ?? []
    if (start === undefined || name === undefined) {
      if (!line.startsWith('#')) throw new Error(`neither a comment nor a variable: ${JSON.stringify(line)}`)
      rest = rest.slice(line.length)
      continue
    }
    const length = rest.slice(start.length).search(/(?<!\\)'/)
    read[name] = rest.slice(start.length, start.length + length)
    rest = rest.slice(start.length + length + 1).replace(/^[^\n]*\n/, '')
  }
  return read
}

/** environment.d shares EnvironmentFile's parser and expands `$` on top of it, which `$$` undoes. */
function bySystemd(text: string, _path: string, box: Sandbox): Variables {
  mkdirSync(box.path('systemd/environment.d'), { recursive: true })
  writeFileSync(box.path('systemd/environment.d/99-test.conf'), text.replaceAll('$', '$$$$'))
  const env = { ...BARE, XDG_CONFIG_HOME: box.path('systemd') }
  const printed = execFileSync(SYSTEMD, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const ours = new Set(Object.keys(dotenvParse(text)))
  // The machine's own environment.d is printed with it.
  return pairsOf(
    printed
      .split('\n')
      .filter((line) => ours.has(line.slice(0, line.indexOf('='))))
      .map(unquoted),
  )
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unquoted(pair: string): string {
  const [, name = '', value] = /^(\w+)="(.*)"$/s.exec(pair) ?? []
  if (value === undefined) return pair
  return `${name}=${value.replace(/\\(?:([0-7]{3})|(.))/gsu, (_, octal?: string, one = '') =>
    octal === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(octal, 8)),
  )}`
}

/** Lines; `#` starts a comment line; white space before the name goes; everything after `=` is literal. */
function asDocker(text: string): Variables {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, '').replace(/^[ \t]+/, ''))
  return pairsOf(lines.filter((line) => line !== '' && !line.startsWith('#')))
}

/** What the client sends to a daemon. */
async function byDocker(_text: string, path: string, box: Sandbox): Promise<Variables> {
  let sent = ''
  const daemon = createServer((request, response) => {
    const isCreate = request.url?.includes('/containers/create') === true
    request.on('data', (chunk: Buffer) => {
      if (isCreate) sent += chunk.toString('latin1')
    })
    request.on('end', () => {
      response.writeHead(isCreate ? 201 : 200, { 'api-version': '1.41', 'content-type': 'application/json' })
      response.end('{"Id":"x","Warnings":[]}')
    })
  })
  const socket = box.path('docker.sock')
  await new Promise<void>((listening) => daemon.listen(socket, listening))
  try {
    const env = { ...BARE, HOME: box.path('.'), DOCKER_HOST: `unix://${socket}` }
    await promisify(execFile)('docker', ['create', '--env-file', path, 'image'], { env })
  } finally {
    daemon.close()
    daemon.closeAllConnections()
  }
  return pairsOf((JSON.parse(Buffer.from(sent, 'latin1').toString()) as { Env: string[] }).Env)
}

function byKubectl(_text: string, path: string, box: Sandbox): Variables {
  const args = ['create', 'secret', 'generic', 'x', '--dry-run=client', '-o', 'json', `--from-env-file=${path}`]
  const made = execFileSync('kubectl', args, { env: { ...BARE, HOME: box.path('.') }, encoding: 'utf8' })
  const { data = {} } = JSON.parse(made) as { data?: Record<string, string> }
  return Object.fromEntries(
    Object.entries(data).map(([name, encoded]) => [name, Buffer.from(encoded, 'base64').toString()]),
  )
}
