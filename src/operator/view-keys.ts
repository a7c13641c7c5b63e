/** What `operator keygen` and `operator address` print for people. */

import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { OperatorAddressData } from './operator-address.js'
import type { OperatorKeygenData } from './operator-keygen.js'

export function keygenView({ address, file }: OperatorKeygenData, paint: Paint): string {
  return `${paint.fields([
    ['operator ID', showAddress(address)],
    ['private key in', paint.text(file)],
  ])}\n`
}

export function addressView({ address }: OperatorAddressData): string {
  return `${showAddress(address)}\n`
}
