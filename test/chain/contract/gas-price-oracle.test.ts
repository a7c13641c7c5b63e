/** The stub that stands at OP Mainnet's predeploy address on the development chain. */
import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Anvil, startAnvil } from '../../support/anvil.js'
import { GasPriceOracle } from './cluster-fixture.js'

const predeploy = '0x420000000000000000000000000000000000000F'

let chain: Anvil
beforeAll(async () => {
  chain = await startAnvil()
  await chain.rpc('anvil_setCode', [predeploy, GasPriceOracle.deployedBytecode])
})
afterAll(() => chain?.stop())

it('charges every byte, and something for the signature', async () => {
  const small = await ask('getL1Fee', [`0x${'ab'.repeat(100)}`])
  const large = await ask('getL1Fee', [`0x${'ab'.repeat(1100)}`])
  expect(await ask('getL1Fee', ['0x'])).toBeGreaterThan(0n)
  expect(large - small).toBe(1000n * 20_000_000n)
  expect(await ask('getL1FeeUpperBound', [100n])).toBeGreaterThanOrEqual(small)
})

async function ask(functionName: string, args: readonly unknown[]): Promise<bigint> {
  const { abi } = GasPriceOracle
  const data = encodeFunctionData({ abi, functionName, args })
  const result = await chain.rpc<Hex>('eth_call', [{ to: predeploy, data }, 'latest'])
  return decodeFunctionResult({ abi, functionName, args, data: result }) as bigint
}
