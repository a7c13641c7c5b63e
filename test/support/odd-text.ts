/** Text that shells, parsers, templates and line readers make something else of, for property tests. */
import fc from 'fast-check'

export const ODD = '\' " \\ $ $HOME $(A) $(LOG_LEVEL) $$ `id` # % %h {{ }} = : ; & * ! | ~ - , [ ( a LOG_LEVEL= \\n'
  .split(' ')
  .concat('$' + '{A}')
export const BLANK = [' ', '\t', ' #']
export const WORSE = [
  '\n',
  '\r\n',
  '\r',
  '\0',
  '\x1b[31m',
  '\x7f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\ud800',
  '🦊',
]
const WORDS = 'on null ~ 010 0o17 1e3 0x1f 12:30 2026-01-01 << .inf'.split(' ').concat(' x', 'x ', 'x'.repeat(64_900))
const joined = (parts: readonly string[]) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((all) => all.join(''))
export const oddText = fc.oneof(
  { weight: 4, arbitrary: joined([...ODD, ...BLANK, ...WORSE]) },
  { weight: 4, arbitrary: joined([...ODD, ...BLANK]) },
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...WORDS),
)
