/** Makes HTML of text that nobody vouches for: what is put into a template stays text, unless a template made it. */
import { escapeUntrusted } from '../../base/escape.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Only `html` makes these. */
class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type { Html }

export type Part = Html | string | number | null | readonly Part[]

/** Lists are joined; null is nothing. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.map((literal, at) => literal + textOf(parts[at] ?? null)).join(''))
}

function textOf(part: Part): string {
  if (part === null) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(textOf).join('')
  return escapeUntrusted(String(part)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A style sheet or a script of our own, which HTML does not escape. It must not hold `</`. */
export function verbatim(text: string): Html {
  return new Html(text)
}
