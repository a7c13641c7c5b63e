/** `cluster view --html`, made by the built tool of a rehearsal network, and looked at in a browser where there is one. */

import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, browserProgram, startBrowser } from '../support/browser.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { useRehearsal } from '../support/rehearsal.js'
import { quicAvailable } from '../support/stand-ins.js'

const net = useRehearsal()
const box = sandbox()
const HOSTILE = `</title><script>a=1</script>"'&`
const page = box.path('cluster.html')
const as = (line: readonly string[]) => wcn([...line, '--env-file', net.envFile])
const write = (path: string, ...flags: readonly string[]) =>
  wcnJson(['cluster', 'view', '--html', path, ...flags, '--env-file', net.envFile])

beforeAll(async () => {
  expect(await as(['operator', 'rename', HOSTILE, '--yes'])).toMatchObject({ code: 0 })
  expect(await as(['maintenance', 'enter', '--yes'])).toMatchObject({ code: 0 })
  const made = await write(page, ...(quicAvailable ? ['--live'] : []))
  expect(made).toMatchObject({ code: 0, data: { page: { file: page, live: quicAvailable } } })
})

describe('the file', () => {
  it('is private where it shows addresses, and takes the place of a page alone', async () => {
    const shown = { mode: statSync(page).mode & 0o777, text: readFileSync(page, 'utf8') }
    expect(shown).toEqual({ mode: 0o600, text: expect.stringContaining('127.0.0.1') })
    const open = box.path('open.html')
    const env = Object.fromEntries(Object.entries(net.variables).filter(([name]) => !name.includes('KEY')))
    const told = await wcnJson(['cluster', 'view', '--html', open], { env })
    expect(told).toMatchObject({ code: 0, data: { page: { bytes: statSync(open).size, live: false } } })
    expect(statSync(open).mode & 0o777).toBe(0o644)
    expect(readFileSync(open, 'utf8')).not.toContain('127.0.0.1')
    expect(await write(open)).toMatchObject({ code: 0 })
    expect(statSync(open).mode & 0o777).toBe(0o600)

    const other = box.path('other.html')
    writeFileSync(other, '<!doctype html>\n')
    expect(await write(other)).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect(readFileSync(other, 'utf8')).toBe('<!doctype html>\n')
  })

  it.each([
    [['--live'], '--live does nothing without --html'],
    [['--since', '7d'], '--since does nothing without --html'],
    [['--html', 'x.html', '--via', 'http://127.0.0.1:1'], '--via does nothing without --live'],
    [['--html', 'x.html', '--live', '--block', '1'], '--live is about now'],
    [['--html', 'x.html', '--since', 'soon'], '--since is "soon"'],
  ])('is not made by %j', async (flags, sentence) => {
    const refused = await wcnJson(['cluster', 'view', ...flags, '--env-file', net.envFile])
    expect(refused).toMatchObject({ code: 2, error: { message: expect.stringContaining(sentence) } })
  })
})

describe.skipIf(browserProgram === null)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.stop())

  it('asks nobody for anything, and shows names as text', async () => {
    const url = pathToFileURL(page).href
    expect(await browser.open(url)).toEqual([url])
    expect(await browser.evaluate('typeof a')).toBe('undefined')
    expect(await browser.evaluate('document.title')).toMatch(/^Cluster 0x[0-9a-f]{40} on chain 31337$/)
    expect(await browser.evaluate("document.querySelector('#operators tbody th').textContent")).toBe(HOSTILE)
    expect(await browser.evaluate("document.querySelectorAll('#nodes details').length")).toBe(5)
    expect(await browser.evaluate("document.querySelector('#history').textContent")).toContain('entered maintenance')
    expect(await browser.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none')
  })

  it('runs and fetches nothing of what might get into it', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const spoilt = box.path('spoilt.html')
    const foreign = `<script>document.title='owned'</script><img src="${at}/a"><link rel="stylesheet" href="${at}/b"><script src="${at}/c"></script><body onload="document.title='owned'"><iframe src="${at}/d"></iframe>`
    writeFileSync(spoilt, readFileSync(page, 'utf8').replace('<main', `${foreign}<main`))
    await browser.open(pathToFileURL(spoilt).href)
    expect(await browser.evaluate(`fetch('${at}/e').then(() => 'fetched', () => 'kept')`)).toBe('kept')
    expect(await browser.evaluate('document.title')).toMatch(/^Cluster/)
    expect(asked).toBe(0)
    server.close()
  })

  it('can be walked by keyboard and read aloud', async () => {
    await browser.open(pathToFileURL(page).href)
    const told = await browser.accessible()
    const roles = (role: string) => told.filter(([one]) => one === role).map(([, name]) => name)
    expect(roles('main')).toHaveLength(1)
    expect(roles('navigation')).toEqual(['Parts of this page'])
    expect(roles('search')).toHaveLength(1)
    expect(roles('searchbox')).toEqual(['Find'])
    expect(roles('region')).toEqual(['Now', 'Operator slots', 'Replicas', 'Operators', 'Nodes', 'History'])
    expect(roles('table')).toEqual(expect.arrayContaining(['5 operators']))
    expect(roles('rowheader')).toContain('Bluefin')
    expect(roles('link')).toEqual(expect.arrayContaining([expect.stringMatching(/^slot 1, Bluefin/)]))

    await browser.press('Tab')
    expect(await browser.evaluate('document.activeElement.textContent')).toBe('To the content')
    await browser.evaluate('document.querySelector(\'a[href="#slot-1"]\').focus()')
    await browser.press('Enter')
    await expect.poll(() => browser.evaluate("document.querySelector('#slot-1').open")).toBe(true)
    expect(await browser.evaluate('document.activeElement.textContent')).toContain('Bluefin')
  })

  it('finds operators by what their nodes have', async () => {
    await browser.open(pathToFileURL(page).href)
    const find = async (text: string) =>
      browser.evaluate(`(async () => {
        const input = document.querySelector('input[type=search]')
        input.value = ${JSON.stringify(text)}
        input.dispatchEvent(new Event('input', { bubbles: true }))
        const told = document.querySelector('output')
        await new Promise((resolve) => { new MutationObserver(resolve).observe(told, { childList: true }) })
        return [told.textContent, ...[...document.querySelectorAll('#operators tbody tr:not([hidden])')].map((row) => row.dataset.slot)]
      })()`)
    expect(await find('bluefin')).toEqual(['1 of 5 operators', '1'])
    const peerId = await browser.evaluate("document.querySelector('#slot-3 code').textContent")
    expect(await find(String(peerId))).toEqual(['1 of 5 operators', '3'])
    expect(await find('nobody at all')).toEqual(['0 of 5 operators'])
    expect(await find('')).toEqual(['5 of 5 operators', '0', '1', '2', '3', '4'])
  })

  it('is readable by day and by night', async () => {
    await browser.open(pathToFileURL(page).href)
    const contrasts: number[] = []
    for (const scheme of ['light', 'dark'] as const) {
      await browser.darkness(scheme)
      contrasts.push(
        ...((await browser.evaluate(`(() => {
          const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
            return 0.2126 * r + 0.7152 * g + 0.0722 * b
          }
          const ground = (element) => {
            const colour = getComputedStyle(element).backgroundColor
            return colour === 'rgba(0, 0, 0, 0)' && element.parentElement ? ground(element.parentElement) : colour
          }
          return [...document.querySelectorAll('main *')].filter((element) => element.checkVisibility() && element.childNodes.length > 0 && !(element instanceof SVGElement)).map((element) => {
            const [ink, paper] = [light(getComputedStyle(element).color), light(ground(element))]
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
          })
        })()`)) as number[]),
      )
    }
    expect(contrasts.length).toBeGreaterThan(100)
    expect(Math.min(...contrasts)).toBeGreaterThan(4.5)
  })
})
