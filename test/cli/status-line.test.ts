import { expect, it } from 'vitest'
import { createStatusLine } from '../../src/cli/status-line.js'

function screen(width = 30) {
  let written = ''
  const line = createStatusLine(
    (text) => {
      written += text
    },
    () => width,
  )
  const taken = () => {
    const was = written
    written = ''
    return was
  }
  return { line, taken }
}

it('what goes on inside of something else is what there is to see', () => {
  const { line, taken } = screen()
  const [outer, inner] = [{}, {}]
  line.show(outer, 'outer')
  line.show(inner, 'inner')
  taken()
  line.show(outer, 'outer')
  expect(taken()).toBe('')
  line.end(inner)
  line.show(outer, 'outer again')
  expect(taken()).toBe('\r\u001b[K\router again\u001b[K')
  line.end(outer)
  expect(taken()).toBe('\r\u001b[K')
  line.end(outer)
  expect(taken()).toBe('')
})

it('is no longer than the terminal is wide, and harmless', () => {
  const { line, taken } = screen(12)
  line.show({}, 'äöü한국어 is wide')
  expect(taken()).toBe('\räöü한국어 …\u001b[K')
  line.show({}, 'a\u001b[2Jb\nc')
  expect(taken()).toBe('\ra\\u{1b}[2J…\u001b[K')
})

it('is drawn no more once it is closed', () => {
  const { line, taken } = screen()
  line.show({}, 'something')
  line.close()
  expect(taken().endsWith('\r\u001b[K')).toBe(true)
  line.show({}, 'something else')
  expect(taken()).toBe('')
})
