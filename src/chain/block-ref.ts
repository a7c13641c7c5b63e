/** A block, named so that no other can be meant: its number alone changes hands in a reorganisation. */
import type { Hex } from '../base/hex.js'

export interface BlockRef {
  readonly number: number
  readonly hash: Hex
}
