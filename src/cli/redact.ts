/** Scrubs registered secrets from whatever leaves on stderr or in an error document (docs/dev/never.md, 6). */
import { spellingsOf } from './secret-spellings.js'
import { caseless, layersOf, type UnescapedText } from './unescaped-text.js'

export type Redactor = ReturnType<typeof createRedactor>

type Range = readonly [from: number, to: number]

/** However a secret is spelled, escaped or encoded in a text, it is taken out of it. */
export function createRedactor() {
  const secrets = new Set<string>()
  /** Made when something is said: most commands say nothing. */
  const spellings = new Map<string, ReadonlySet<string>>()
  const wanted = () => {
    for (const secret of secrets) if (!spellings.has(secret)) spellings.set(secret, spellingsOf(secret))
    return new Set([...spellings.values()].flatMap((some) => [...some]))
  }
  return {
    register: (secret: string) => void secrets.add(secret),
    scrub(text: string): string {
      if (secrets.size === 0) return text
      const forms = wanted()
      return without(
        text,
        layersOf(text).flatMap((layer) => rangesIn(layer, forms)),
      )
    },
  }
}

/** Of the original. */
function rangesIn({ text, spans }: UnescapedText, forms: ReadonlySet<string>): readonly Range[] {
  const lower = caseless(text)
  const found: Range[] = []
  for (const form of forms)
    for (let at = lower.indexOf(form); at >= 0; at = lower.indexOf(form, at + 1)) {
      const end = at + form.length
      found.push([spans?.[at]?.[0] ?? at, spans?.[end - 1]?.[1] ?? end])
    }
  return found
}

function without(text: string, ranges: readonly Range[]): string {
  let shown = ''
  let end = 0
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from >= end) shown += `${text.slice(end, from)}[redacted]`
    end = Math.max(end, to)
  }
  return shown + text.slice(end)
}
