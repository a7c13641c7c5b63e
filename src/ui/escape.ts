/**
 * Text from a chain, a provider, a node or a file is untrusted: a name can hold escape sequences that rewrite a
 * terminal, or bidirectional marks that reorder a line. Everything shown to people passes through here.
 */

/** C0 and C1 controls; bidirectional, zero-width and other format marks; line and paragraph separators. */
export const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line of harmless text; whatever could act on a terminal becomes `\u{…}`. */
export function escapeUntrusted(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for our own multi-line messages that quote untrusted text: line breaks stay. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeUntrusted).join('\n')
}
