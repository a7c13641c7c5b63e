/**
 * Tells a key from a path. People paste a key where the path of a key file belongs; that text must be refused before
 * it turns up in a message such as "no such file".
 */
const BARE_HEX = /^(?:0x)?[0-9a-f]{60,}$/i
/** Base64 of 32 or 64 bytes, standard or URL-safe, with or without padding. A path with a dash is neither. */
const BASE64_OF_A_KEY =
  /^(?:[0-9A-Za-z+/]{43}=?|[0-9A-Za-z_-]{43}=?|[0-9A-Za-z+/]{86}(?:==)?|[0-9A-Za-z_-]{86}(?:==)?)$/
/** Random base64 without padding differs from a path in having no short parts between its slashes only. */
const RANDOM_RUN = /[0-9A-Za-z+_-]{18,}/

/** True for text that is, or may be, a private key in one of the forms that keys have. */
export function looksLikeKey(text: string): boolean {
  const value = text.trim()
  if (BARE_HEX.test(value) || value.startsWith('-----BEGIN') || value.startsWith('{')) return true
  if (!BASE64_OF_A_KEY.test(value)) return false
  return value.endsWith('=') || (RANDOM_RUN.test(value) && isMixed(value))
}

function isMixed(text: string): boolean {
  const has = (pattern: RegExp) => (text.match(pattern)?.length ?? 0) >= 3
  return has(/[A-Z]/g) && has(/[a-z]/g) && has(/[0-9]/g)
}
