/** Addresses as people compare them: with their EIP-55 checksum. Data for scripts has them in lower case. */
import { checksumAddress, parseAddress } from '../base/address.js'

export function showAddress(address: string): string {
  return checksumAddress(parseAddress(address, 'an address'))
}
