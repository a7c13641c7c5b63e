/** Every screen, with long data, at several widths: none is wider than the terminal, and each is kept as a file. */
import { readdirSync } from 'node:fs'
import stringWidth from 'fast-string-width'
import { describe, expect, it } from 'vitest'
import { createPaint, type Paint } from '../../src/cli/paint.js'
import { SCREENS, VERBATIM } from '../support/screens.js'

/** Some minutes after what the screens tell of. */
const NOW = () => 1_790_000_200
const WIDTHS = [60, 80, 120, 200]

describe.each(WIDTHS)('at %i columns', (width) => {
  it.each(SCREENS)('$name', async ({ name, draw }) => {
    const text = draw(await createPaint(false, () => width, NOW))
    const tooWide = text.split('\n').filter((line) => stringWidth(line) > width)
    // What is to be typed stays as it is, or it could not be.
    expect(tooWide.filter((line) => !/^ *\S+(?: \\)?$/.test(line))).toEqual([])
    expect(text).not.toMatch(/ $/m)
    await expect(text).toMatchFileSnapshot(`golden/${width}/${name}.txt`)
  })
})

it.each(SCREENS)('$name has nothing in colour that it does not have without', async ({ draw }) => {
  const plain = await createPaint(false, () => 80, NOW)
  const coloured = await createPaint(true, () => 80, NOW)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  expect(draw(coloured).replaceAll(/\u001b\[\d+m/g, '')).toBe(draw(plain))
})

it.each([20, 21, 33])('is drawn at %i columns as well', async (width) => {
  const paint: Paint = await createPaint(false, () => width, NOW)
  for (const { draw } of SCREENS) expect(draw(paint)).not.toBe('')
})

it('are all that there are', async () => {
  const src = new URL('../../src/', import.meta.url)
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^[a-z]+\/view[a-z-]*\.ts$/.test(path),
  )
  const views = await Promise.all(files.map(async (path) => Object.keys(await import(new URL(path, src).href))))
  const known = new Set([...SCREENS.map(({ view }) => view), ...VERBATIM])
  expect(views.flat().filter((name) => !known.has(name))).toEqual([])
})
