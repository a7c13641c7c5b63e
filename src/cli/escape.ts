/**
 * Text from a chain, a provider, a node or a file is untrusted: a name can hold escape sequences that rewrite a
 * terminal, bidirectional marks that reorder a line, line breaks that forge one of ours, or letters that look like
 * nothing. Everything shown to people passes through here.
 */

/**
 * C0 and C1 controls; bidirectional, zero-width and other format marks; line and paragraph separators; what fonts leave
 * out (Unicode's Default_Ignorable_Code_Point: fillers, variation selectors, tags); spaces but the usual one, and the
 * blank letters and signs that are none of these: of Braille, of musical notes, of Khitan and Egyptian writing.
 */
const UNSAFE = /(?! )[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{16fe4}\u{13441}\u{13442}]/gu

/** One line of harmless text; whatever could act on a terminal becomes `\u{…}`. */
export function escapeUntrusted(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
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
