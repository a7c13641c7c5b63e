/** A headless browser, where this machine has one: a page as it is seen there, and whom it asks. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Null where there is none. */
export const browserProgram =
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isProgram) ?? null

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly request?: { readonly url: string } }
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** What assistive technology is told of a part of the page. */
interface AccessibleNode {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
}

export type Browser = Awaited<ReturnType<typeof startBrowser>>

export async function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'wcn-browser-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
  const program = spawn(
    browserProgram ?? 'chromium',
    [...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const lines: string[] = []
  let port: string | undefined
  for await (const line of createInterface(program.stderr)) {
    lines.push(line)
    port = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port !== undefined) break
  }
  if (port === undefined) throw new Error(`the browser ended before it listened:\n${lines.join('\n')}`)
  program.stderr.resume()
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  const requests: string[] = []
  const waiting = new Map<number, (answer: Answer) => void>()
  const loads: (() => void)[] = []
  socket.on('message', (text) => {
    const answer = JSON.parse(String(text)) as Answer
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
    if (answer.method === 'Network.requestWillBeSent') requests.push(answer.params?.request?.url ?? '')
    if (answer.method === 'Page.loadEventFired') for (const loaded of loads.splice(0)) loaded()
  })
  let last = 0
  const send = async (method: string, params: object = {}): Promise<unknown> => {
    const id = ++last
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { result, error } = await answered
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
  await Promise.all([send('Page.enable'), send('Network.enable'), send('Accessibility.enable')])

  return {
    /** Gives what was asked for meanwhile, the page itself included. */
    async open(url: string): Promise<readonly string[]> {
      requests.length = 0
      const loaded = new Promise<void>((resolve) => loads.push(resolve))
      await send('Page.navigate', { url })
      await loaded
      return [...requests]
    },
    async evaluate(expression: string): Promise<unknown> {
      const told = (await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })) as {
        result: { value: unknown }
      }
      return told.result.value
    },
    async press(key: string): Promise<void> {
      const event = {
        key,
        code: key,
        windowsVirtualKeyCode: { Tab: 9, Enter: 13 }[key] ?? 0,
        text: key === 'Enter' ? '\r' : '',
      }
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
    },
    /** Roles with their names. */
    async accessible(): Promise<readonly (readonly [role: string, name: string])[]> {
      const { nodes } = (await send('Accessibility.getFullAXTree')) as { nodes: readonly AccessibleNode[] }
      return nodes
        .filter(({ ignored }) => !ignored)
        .map(({ role, name }) => [role?.value ?? '', name?.value ?? ''] as const)
    },
    async darkness(scheme: 'light' | 'dark'): Promise<void> {
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    },
    async stop(): Promise<void> {
      socket.close()
      program.kill('SIGKILL')
      if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
