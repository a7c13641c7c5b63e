/**
 * What is asked for often, in so many words, is not worth loading the grammar, which takes half as long as Node's own start.
 * Whatever else is on the command line is the grammar's. test/cli/quick-ways.test.ts holds both ways against each other.
 */
import { writeAtOnce } from './cli/write-at-once.js'

/** Replaced by the build with the package's version. */
declare const WCN_VERSION: string

/** After which nothing but --json may stand. */
export const QUICK_READS = ['operator view', 'nodes list', 'cluster view'] as const

/** What flags are that are not given. */
export const NO_FLAGS = { color: true, input: true }

/** False where nothing was done. */
export async function doneQuickly(argv: readonly string[]): Promise<boolean> {
  const [first = '', second = '', ...more] = argv
  const words = `${first} ${second}`
  if (argv.length === 1 && /^(?:--version|-V)$/.test(first)) writeAtOnce(`${WCN_VERSION}\n`)
  else if (words === 'key generate' && more.length === 0)
    (await import('./key/quick-key-generate.js')).quickKeyGenerate()
  else if (isQuickRead(words) && (more.length === 0 || (more.length === 1 && more[0] === '--json'))) {
    const { READS } = await import('./quick-reads.js')
    const given = more.length === 0 ? NO_FLAGS : { ...NO_FLAGS, json: true }
    await READS[words]({ given, words, takesSettings: true, requireOneStandardInput: () => {} })
  } else return false
  return true
}

function isQuickRead(words: string): words is (typeof QUICK_READS)[number] {
  return QUICK_READS.some((one) => one === words)
}
