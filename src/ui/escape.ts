/**
 * Text from a chain, a provider, a node or a file is untrusted: a name can hold escape sequences that rewrite a
 * terminal, or bidirectional marks that reorder a line. Everything shown to people passes through here.
 */

/** C0 and C1 controls; bidirectional, zero-width and other format marks; line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line of harmless text; whatever could act on a terminal becomes `\u{…}`. */
export function escapeUntrusted(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for our own multi-line messages that quote untrusted text: line breaks stay. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeUntrusted).join('\n')
}

/** JSON leaves C1 and bidirectional controls as they are, and people look at JSON on terminals too. */
export function escapeJson(json: string): string {
  // The line breaks of indented JSON are its own; those of a string are escaped already.
  return json.replace(/[^ -~\n]+/g, (text) => text.replace(UNSAFE, inJson))
}

function inJson(character: string): string {
  return [...Array(character.length).keys()]
    .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
    .join('')
}
