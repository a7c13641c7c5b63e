/** 32-byte keys written as hex: the operator's EVM key and the contract encryption key share these rules. */
import { WcnError } from '../../errors/wcn-error.js'
import { hexToBytes } from '../hex.js'

/** Takes 64 hex digits with or without `0x`. Throws KEY_INVALID with a sentence that never repeats the text. */
export function parseHexKey(text: string, source: string, what: string): Uint8Array {
  const digits = /^(?:0x)?([0-9a-f]{64})$/i.exec(text)?.[1]
  if (digits !== undefined) return hexToBytes(digits)
  throw new WcnError('KEY_INVALID', `${source} ${whyNot(text)}`, {
    hint: `${what} is 64 hex digits, with or without 0x`,
  })
}

function whyNot(text: string): string {
  const digits = /^(?:0x)?([0-9a-f]*)$/i.exec(text)?.[1]
  if (text === '') return 'is empty'
  if (text.trim() !== text) return 'has white space around the key'
  if (digits?.length === 40) return 'has 40 hex digits, which is the size of an address, not of a key'
  if (digits !== undefined) return `has ${digits.length} hex digits instead of 64`
  if (/^[0-9A-Za-z+/]{43}=?$/.test(text)) return 'looks like a base64 key of a node or database, not like a hex key'
  if (/^\w+(?:\s+\w+){11,}$/.test(text)) return 'looks like a seed phrase, not like a hex key'
  if (text.startsWith('{')) return 'looks like a JSON document (a keystore?), not like a hex key'
  if (text.startsWith('-----BEGIN')) return 'is in PEM form, not hex'
  return 'contains characters that are not hex digits'
}
