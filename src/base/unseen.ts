/**
 * Characters that nobody sees, or that act on a terminal, as the inside of a regular expression's class: controls, format
 * and bidirectional marks, separators of lines, halves of characters, what fonts leave out (fillers, variation selectors,
 * tags), and the blank letters and signs that are none of these: of Braille, of musical notes, of Khitan and Egyptian writing.
 */
export const UNSEEN =
  '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1d159}\\u{16fe4}\\u{13441}\\u{13442}'
