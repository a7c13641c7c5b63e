// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Stand-in for OP Mainnet's gas-price oracle, so that the L1 data fee is a path the development chain walks too.
/// @notice The devnet puts the runtime code at 0x420000000000000000000000000000000000000F: no constructor, no storage.
/// Fees here are of a real one's size, not its formula: that one depends on L1's base fees and on compression.
contract GasPriceOracle {
    /// Wei per byte of transaction. 500 bytes come to 10 gwei.
    uint256 private constant WEI_PER_BYTE = 20_000_000;
    /// The oracle is asked about unsigned bytes; what L1 stores has a signature as well.
    uint256 private constant SIGNATURE_BYTES = 68;

    /// @param unsignedTx a serialized transaction without its signature
    /// @return wei that posting it to L1 costs
    function getL1Fee(bytes calldata unsignedTx) external pure returns (uint256) {
        return (unsignedTx.length + SIGNATURE_BYTES) * WEI_PER_BYTE;
    }

    /// @param unsignedTxSize bytes
    /// @return wei, at least what getL1Fee says for any transaction of that size
    function getL1FeeUpperBound(uint256 unsignedTxSize) external pure returns (uint256) {
        return (unsignedTxSize + SIGNATURE_BYTES) * WEI_PER_BYTE;
    }
}
