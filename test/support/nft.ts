/** nft as it is asked in tests: in a network namespace of its own, which needs no right to the machine's rules. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { installed } from './installed.js'

const NAMESPACE = ['--map-root-user', '--net'] as const

export const nftInstalled = (): boolean => installed('unshare', ...NAMESPACE, 'nft', '--version')

/** As an operator does who changed something: the second time, the first one's table is there. */
export function loadTwice(file: string): SpawnSyncReturns<string> {
  return spawnSync('unshare', [...NAMESPACE, 'sh', '-c', 'nft -f "$0" && nft -f "$0"', file], { encoding: 'utf8' })
}
