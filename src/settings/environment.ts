/** The process's environment: the one place that reads it. */
import type { Environment } from './sources.js'

export const environment: Environment = process.env

/** Names of variables that are this tool's business: its own, and those it shares with the nodes and the Rust tool. */
export const OWN_VARIABLE = /^(?:WCN_|SMART_CONTRACT_|RPC_|OPTIMISM_)/
