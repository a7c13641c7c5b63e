/**
 * How a value somebody typed is repeated in an error sentence. A key pasted into the wrong place must not end up in a
 * log, so anything long enough to be one is described instead of shown.
 */
const SHOWN_AT_MOST = 80
const KEY_SIZED_RUN = /[0-9A-Za-z+/_-]{40,}/
/** With a user, a query, or a part of its path that is too long to be a word. */
const TOKEN_IN_URL = /:\/\/(?:[^\s/?#]*@|[^\s?#]*\?|[^\s/?#]+\/\S*[^\s/]{16})/
const SEED_PHRASE = /(?:[a-z]{3,8}\s+){11}[a-z]{3,8}/
const HEX = /^(?:0x)?([0-9a-f]+)$/i
const PEER_ID = /^(?:12D3KooW|16Uiu2HA|(?:12D3K|1A|Qm)[1-9A-HJ-NP-Za-km-z]+$|(?:bafz|k51|k2k4)[0-9a-z]+$)/

/** A JSON string literal of the text, shortened; or only its length when it might hold a key. */
export function quote(text: string): string {
  const run = KEY_SIZED_RUN.exec(text)?.[0]
  if ((run !== undefined && !isPublic(run)) || SEED_PHRASE.test(text)) {
    return `a value of ${text.length} characters (not shown: it might be a key)`
  }
  if (TOKEN_IN_URL.test(text)) return `a value of ${text.length} characters (not shown: there might be a token in it)`
  return JSON.stringify(text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST)}…` : text)
}

/** Hex of an address's length, or a peer ID; a key is neither. */
function isPublic(run: string): boolean {
  const digits = HEX.exec(run)?.[1]
  return digits === undefined ? PEER_ID.test(run) : digits.length === 40
}
