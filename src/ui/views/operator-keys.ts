/** What `operator keygen` and `operator address` print for people. */
import type { OperatorAddressData } from '../../actions/operator-address.js'
import type { OperatorKeygenData } from '../../actions/operator-keygen.js'
import type { Paint } from '../paint.js'
import { showAddress } from '../show-address.js'

export function keygenView({ address, file }: OperatorKeygenData, paint: Paint): string {
  return `${paint.fields([
    ['operator ID', showAddress(address)],
    ['private key in', paint.text(file)],
  ])}\n`
}

export function addressView({ address }: OperatorAddressData): string {
  return `${showAddress(address)}\n`
}
