/** Standard base64 with padding, in the one spelling there is for its bytes; null for anything else. */
import { base64 } from '@scure/base'

export function decodeCanonicalBase64(text: string): Uint8Array | null {
  try {
    const bytes = base64.decode(text)
    return base64.encode(bytes) === text ? bytes : null
  } catch {
    return null
  }
}
