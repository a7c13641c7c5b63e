import { describe, expect, it } from 'vitest'
import { isColoured } from '../../src/cli/terminal.js'

type Row = readonly [variables: Readonly<Record<string, string>>, onTerminal: boolean, inPipe: boolean]

/** What is set, and whether there are colours on a terminal and in a pipe. */
const ROWS: readonly Row[] = [
  [{}, true, false],
  [{ TERM: 'xterm-256color' }, true, false],
  [{ TERM: 'dumb' }, false, false],
  [{ NO_COLOR: '1' }, false, false],
  [{ NO_COLOR: '0' }, false, false],
  [{ NO_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '3' }, true, true],
  [{ FORCE_COLOR: 'true' }, true, true],
  [{ FORCE_COLOR: 'always' }, true, true],
  [{ FORCE_COLOR: '0' }, false, false],
  [{ FORCE_COLOR: 'false' }, false, false],
  [{ FORCE_COLOR: 'False' }, false, false],
  [{ FORCE_COLOR: 'no' }, false, false],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, true, true],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, false, false],
  [{ CLICOLOR_FORCE: '1' }, true, true],
  [{ CLICOLOR_FORCE: '' }, true, false],
  [{ CLICOLOR_FORCE: '0' }, true, false],
  [{ CLICOLOR_FORCE: '0', TERM: 'dumb' }, false, false],
  [{ CLICOLOR_FORCE: '1', NO_COLOR: '1' }, false, false],
  [{ CLICOLOR_FORCE: '1', TERM: 'dumb' }, true, true],
  [{ CLICOLOR: '0' }, false, false],
  [{ CLICOLOR: '1' }, true, false],
  [{ CLICOLOR: '0', CLICOLOR_FORCE: '1' }, true, true],
]

describe('colours', () => {
  it.each(ROWS)('with %j: on a terminal %s, in a pipe %s', (variables, onTerminal, inPipe) => {
    expect(isColoured(false, variables, true)).toBe(onTerminal)
    expect(isColoured(false, variables, false)).toBe(inPipe)
    for (const terminal of [true, false]) expect(isColoured(true, variables, terminal)).toBe(false)
  })
})
