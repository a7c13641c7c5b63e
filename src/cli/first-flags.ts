/** Lets the flags that every command knows stand before the noun as well as after it. */

/** Flags that may stand before the noun. */
export const FIRST_FLAGS: ReadonlyMap<string, 'alone' | 'with a value'> = new Map([
  ...['--json', '--quiet', '--no-color', '--no-input', '--debug'].map((flag) => [flag, 'alone'] as const),
  ...['-o', '--output', '--context', '--env-file'].map((flag) => [flag, 'with a value'] as const),
])

/** Flags that every command knows may stand before the noun, too. What follows `--` is somebody else's. */
export function flagsLast(argv: readonly string[]): readonly string[] {
  const at = leadingFlags(argv)
  const rest = argv.slice(at)
  const end = rest.indexOf('--')
  // Behind the noun -o may be another flag's.
  const first = argv.slice(0, at).map((word) => (word === '-o' ? '--output' : word))
  return rest.toSpliced(end < 0 ? rest.length : end, 0, ...first)
}

/** So many words are those flags and their values. */
export function leadingFlags(argv: readonly string[]): number {
  let at = 0
  while (FIRST_FLAGS.has((argv[at] ?? '').split('=')[0] ?? ''))
    at += FIRST_FLAGS.get(argv[at] ?? '') === 'with a value' ? 2 : 1
  return at
}
