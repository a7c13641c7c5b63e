/**
 * Text from a chain, a provider, a node or a file is untrusted: a name can hold escape sequences that rewrite a
 * terminal, bidirectional marks that reorder a line, line breaks that forge one of ours, or letters that look like
 * nothing. Everything shown to people passes through here.
 */
import { UNSEEN } from './unseen.js'

/** And spaces but the usual one. */
const UNSAFE = new RegExp(`(?! )[${UNSEEN}\\p{Z}]`, 'gu')

/** One line of harmless text; whatever could act on a terminal becomes `\u{…}`. */
export function escapeUntrusted(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

export function holdsUnsafe(text: string): boolean {
  return text.search(UNSAFE) >= 0
}

/** JSON leaves C1 and bidirectional controls as they are, and people look at JSON on terminals too. */
export function escapeJson(json: string, spelled: (character: string) => string = inJson): string {
  // The line breaks of indented JSON are its own; those of a string are escaped already.
  return json.replace(/[^ -~\n]+/g, (text) => text.replace(UNSAFE, spelled))
}

/** The same for YAML, which knows no halves of characters; what is unsafe stands between double quotes there. */
export function escapeYaml(yaml: string): string {
  return escapeJson(yaml, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}

function inJson(character: string): string {
  return [...Array(character.length).keys()]
    .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
    .join('')
}
