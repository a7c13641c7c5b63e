/** Types of compile-contract.mjs for the tests that import it. */
import type { Abi } from 'viem'

export interface CompiledContracts {
  readonly solc: string
  readonly contracts: Record<string, { abi: Abi; bytecode?: `0x${string}`; deployedBytecode?: `0x${string}` }>
}

export declare const artifactPath: string
export declare function compileContracts(): CompiledContracts
export declare function renderArtifact(compiled: CompiledContracts): string
export declare function artifactProblem(committed: string, compiled: CompiledContracts): string | null
