/** Chains that this tool knows by their IDs (EIP-155). */

export const OP_MAINNET = 10

/** Of `wcn devnet`: nothing signed for it is valid on a real network. */
export const DEVELOPMENT_CHAIN_ID = 31337
