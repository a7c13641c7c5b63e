/**
 * Takes the escapes of URLs, JSON, JavaScript and HTML out of a text, and keeps where each character stood: a secret can be
 * repeated with any of its letters escaped, and escaped again.
 */
export interface UnescapedText {
  readonly text: string
  /** Where each UTF-16 unit of it begins and ends in the original; null: where it is itself. */
  readonly spans: readonly (readonly [from: number, to: number])[] | null
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' }
const ESCAPE =
  /(?<percent>(?:%[0-9a-f]{2})+)|\\u(?:\{(?<point>[0-9a-f]{1,6})\}|(?<unit>[0-9a-f]{4}))|\\x(?<byte>[0-9a-f]{2})|\\(?<letter>[^ux\s])|&#x(?<hex>[0-9a-f]{1,6});|&#(?<decimal>[0-9]{1,7});|&(?<name>amp|lt|gt|quot|apos|nbsp);/gi
/** So often things may be escaped in one another. */
const MOST_LAYERS = 4

/** The text itself first, then a layer of escapes less each. */
export function layersOf(text: string): readonly UnescapedText[] {
  const layers: UnescapedText[] = [{ text, spans: null }]
  while (layers.length <= MOST_LAYERS) {
    const outer = layers.at(-1) as UnescapedText
    const inner = unescaped(outer)
    if (inner === null) break
    layers.push(inner)
  }
  return layers
}

export function unescapedFully(text: string): string {
  return layersOf(text).at(-1)?.text ?? text
}

/** Null where nothing is escaped. */
function unescaped({ text, spans: outer }: UnescapedText): UnescapedText | null {
  let plain = ''
  let end = 0
  const spans: (readonly [number, number])[] = []
  const add = (said: string, from: number, to: number) => {
    plain += said
    const span = [outer?.[from]?.[0] ?? from, outer?.[to - 1]?.[1] ?? to] as const
    for (let unit = 0; unit < said.length; unit++) spans.push(span)
  }
  const keepUntil = (until: number) => {
    for (; end < until; end++) add(text.charAt(end), end, end + 1)
  }
  for (const match of text.matchAll(ESCAPE)) {
    keepUntil(match.index)
    end += match[0].length
    add(saidBy(match.groups ?? {}, match[0]), match.index, end)
  }
  if (end === 0) return null
  keepUntil(text.length)
  return { text: plain, spans }
}

function saidBy(groups: Readonly<Record<string, string | undefined>>, spelled: string): string {
  const { percent, point, unit, byte, letter, hex, decimal, name } = groups
  if (percent !== undefined) return Buffer.from(percent.replaceAll('%', ''), 'hex').toString('utf8')
  if (letter !== undefined) return CONTROLS[letter] ?? letter
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? spelled
  const digits = point ?? unit ?? byte ?? hex
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : spelled
}

/** Unit by unit: some letters are longer in lower case, and would move what comes after them. */
export function caseless(text: string): string {
  return text.replace(/\p{Changes_When_Lowercased}/gu, (letter) => {
    const lower = letter.toLowerCase()
    return lower.length === letter.length ? lower : letter
  })
}
