/** docs/rehearsal.md, command by command as somebody types it: each drill is played to its end, and a newcomer joins. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listDrills } from '../../src/devnet/drill/drills.js'
import { BIN, cleanEnvironment, sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const page = readFileSync(new URL('../../docs/rehearsal.md', import.meta.url), 'utf8')
const [opening = '', ...sections] = page.split(/^## /m)
const box = sandbox()
const cwd = box.path('.')

interface Step {
  readonly line: string
  readonly code: number
  /** What it has to say; null: anything. */
  readonly says: string | null
}

/** A step is a line, or a document that one reads up to its end. */
function stepsOf(section: string): readonly Step[] {
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  const lines = blocks.join('').match(/^.*<<EOF\n[\s\S]*?^EOF$|^.+$/gm) ?? []
  return lines.map((line) => {
    const [, code = '0', says = null] = /\s# (?:exit (\d+): )?"(.*)"$/.exec(line) ?? []
    return { line, code: Number(code), says }
  })
}

interface Done {
  readonly code: number
  readonly said: string
}

/** All in one shell, which is the reader's. */
async function play(steps: readonly Step[]): Promise<readonly Done[]> {
  const mark = '@@@'
  const script = steps.map(({ line }) => `${line}\nprintf '\\n${mark} %d\\n' $?`).join('\n')
  const PATH = `${box.path('bin')}${delimiter}${process.env.PATH}`
  const environment = cleanEnvironment({ PATH, WCN_STATE_DIR: undefined, HOME: box.path('home') })
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise((resolve) => shell.once('exit', resolve))
  const parts = said.split(new RegExp(`^${mark} (\\d+)\\n`, 'm'))
  return steps.map((_, index) => ({ said: parts[2 * index] ?? '', code: Number(parts[2 * index + 1] ?? -1) }))
}

function expectAsTold(steps: readonly Step[], done: readonly Done[]): void {
  for (const [index, { line, code, says }] of steps.entries()) {
    const { code: ended, said } = done[index] ?? { code: -1, said: '' }
    expect({ line, code: ended, said }).toEqual({
      line,
      code,
      said: says === null ? said : expect.stringContaining(says),
    })
  }
}

describe.skipIf(!quicAvailable)('docs/rehearsal.md', () => {
  beforeAll(async () => {
    mkdirSync(box.path('bin'))
    mkdirSync(box.path('home'))
    writeFileSync(box.path('bin/wcn'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
    chmodSync(box.path('bin/wcn'), 0o755)
    const steps = stepsOf(opening)
    expectAsTold(steps, await play(steps))
  })
  afterAll(async () => {
    await wcn(['devnet', 'down'], { cwd })
    box.remove()
  })

  const drills = sections.filter((section) => section.includes('wcn devnet drill '))

  it('has a section for each drill', () => {
    const named = drills.map((section) => /^wcn devnet drill (\S+)$/m.exec(section)?.[1])
    expect(named).toEqual(listDrills().map(({ name }) => name))
    for (const { title } of listDrills()) expect(page.toLowerCase()).toContain(`## ${title.toLowerCase()}`)
  })

  it.each(drills.map((section) => [section.split('\n')[0], section]))('%s', async (_, section) => {
    const steps = stepsOf(section)
    expect(steps.length).toBeGreaterThan(3)
    expectAsTold(steps, await play(steps))
    expect(await wcnJson(['devnet', 'status'], { cwd })).toMatchObject({ code: 0 })
    expect(await wcn(['nodes', 'check', '--env-file', 'wcn-devnet.env'], { cwd })).toMatchObject({ code: 0 })
  })

  it('can be played again', async () => {
    for (const name of ['lost-race', 'two-primaries']) {
      const steps = stepsOf(drills.find((section) => section.includes(`drill ${name}`)) ?? '')
      expectAsTold(steps, await play(steps))
    }
  })

  it('refuses a drill that is none, and a network that is not whole', async () => {
    expect(await wcnJson(['devnet', 'drill', 'earthquake'], { cwd })).toMatchObject({
      code: 2,
      error: { code: 'USAGE' },
    })
    await wcnJson(['devnet', 'break', '3/1', 'closed'], { cwd })
    const refused = await wcnJson(['devnet', 'drill', 'power-cut'], { cwd })
    expect(refused).toMatchObject({
      code: 4,
      error: { code: 'STATE_CHANGED', hint: expect.stringContaining('mend --all') },
    })
    expect(await wcnJson(['devnet', 'mend', '--all'], { cwd })).toMatchObject({ code: 0 })
  })

  it('lets a newcomer join, and leaves nothing running', async () => {
    const steps = stepsOf(sections.find((section) => section.startsWith('Joining')) ?? '')
    expect(steps.length).toBeGreaterThan(15)
    expectAsTold(steps, await play(steps))
    expect(await wcnJson(['devnet', 'status'], { cwd })).toMatchObject({ code: 2 })
    const pid = /as process (\d+)/.exec(readFileSync(box.path('serve.log'), 'utf8'))?.[1]
    await expect.poll(() => isThere(Number(pid))).toBe(false)
  })
})

function isThere(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
