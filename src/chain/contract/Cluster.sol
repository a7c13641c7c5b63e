// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A regional cluster: its operators, its keyspaces, its migrations and its maintenance lock.
/// @notice The development chain's stand-in for the contract on OP Mainnet. Everything that can be seen from outside
/// (ABI, events, order of checks, layout of getView, oddities included) follows spec/contract.md; nothing else is promised.
/// @dev Sets of operators are 256-bit masks: bit i stands for slot i.
contract Cluster is Initializable, Ownable2StepUpgradeable, UUPSUpgradeable {
    struct Settings {
        uint16 maxOperatorDataBytes;
        uint8 minOperators;
        bytes extra;
    }

    struct NodeOperator {
        address addr;
        bytes data;
    }

    struct Keyspace {
        uint256 operatorBitmask;
        uint8 replicationStrategy;
    }

    struct Migration {
        uint64 id;
        uint64 startedAt;
        uint64 abortedAt;
        uint256 pullingOperatorBitmask;
    }

    struct ClusterView {
        address owner;
        Settings settings;
        uint128 version;
        uint64 keyspaceVersion;
        NodeOperator[] operatorSlots;
        Keyspace[2] keyspaces;
        Migration migration;
        address maintenanceSlot;
    }

    event ClusterInitialized(NodeOperator[] operators, Settings settings, uint128 version);
    event MigrationStarted(uint64 indexed id, Keyspace newKeyspace, uint64 keyspaceVersion, uint128 version);
    event MigrationDataPullCompleted(uint64 indexed id, address indexed operator, uint128 version);
    event MigrationCompleted(uint64 indexed id, address indexed operator, uint128 version);
    event MigrationAborted(uint64 indexed id, uint128 version);
    event NodeOperatorAdded(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version);
    event NodeOperatorUpdated(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version);
    event NodeOperatorRemoved(address indexed operator, uint8 indexed slot, uint128 version);
    event MaintenanceToggled(address indexed operator, bool active, uint128 version);
    event SettingsUpdated(Settings newSettings, address indexed updatedBy, uint128 version);

    error Unauthorized();
    error MigrationInProgress();
    error NoMigrationInProgress();
    error InvalidOperator();
    error OperatorNotFound();
    error OperatorNotPulling();
    error CallerNotOperator();
    error OperatorExists();
    error OperatorInKeyspace();
    error SameKeyspace();
    error WrongMigrationId();
    error InvalidOperatorData();
    error TooManyOperators();
    error InsufficientOperators();
    error MaintenanceInProgress();

    uint16 public constant MAX_OPERATORS = 256;

    Settings public settings;
    NodeOperator[MAX_OPERATORS] public operatorSlots;
    mapping(address operator => uint8 slot) public operatorSlotIndexes;
    uint256 public operatorBitmask;
    Keyspace[2] public keyspaces;
    uint64 public keyspaceVersion;
    Migration public migration;
    address public maintenanceSlot;
    uint128 public version;

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @notice Founds the cluster. Runs inside the proxy's constructor, where msg.sender is still the account
    /// that deploys the proxy: that account becomes the owner.
    function initialize(Settings calldata initialSettings, NodeOperator[] calldata initialOperators)
        external
        initializer
    {
        uint256 count = initialOperators.length;
        if (count > MAX_OPERATORS) revert TooManyOperators();
        if (count < initialSettings.minOperators) revert InsufficientOperators();

        __Ownable_init(msg.sender);
        settings = initialSettings;

        for (uint256 slot = 0; slot < count; ++slot) {
            NodeOperator calldata founder = initialOperators[slot];
            _requireFits(founder.data, initialSettings.maxOperatorDataBytes);
            _occupy(uint8(slot), founder.addr, founder.data);
        }
        // A shift by 256 gives 0, so that a full house is all ones without a special case.
        uint256 everyone;
        unchecked {
            everyone = (1 << count) - 1;
        }
        operatorBitmask = everyone;
        keyspaces[0].operatorBitmask = everyone;

        emit ClusterInitialized(initialOperators, initialSettings, _nextVersion());
    }

    // ---------------------------------------------------------------- operators

    function addNodeOperator(NodeOperator calldata newcomer) external onlyOwner {
        uint256 taken = operatorBitmask;
        if (taken == type(uint256).max) revert TooManyOperators();
        if (newcomer.addr == address(0)) revert InvalidOperator();
        if (isOperator(newcomer.addr)) revert OperatorExists();
        _requireFits(newcomer.data, settings.maxOperatorDataBytes);

        uint256 lowestFree = ~taken & (taken + 1);
        uint8 slot = uint8(Math.log2(lowestFree));
        _occupy(slot, newcomer.addr, newcomer.data);
        operatorBitmask = taken | lowestFree;

        emit NodeOperatorAdded(newcomer.addr, slot, newcomer.data, _nextVersion());
    }

    function updateNodeOperatorData(address operatorAddress, bytes calldata newData) external {
        if (msg.sender != operatorAddress && msg.sender != owner()) revert Unauthorized();
        _requireFits(newData, settings.maxOperatorDataBytes);
        uint8 slot = _requireSlotOf(operatorAddress);

        operatorSlots[slot].data = newData;

        emit NodeOperatorUpdated(operatorAddress, slot, newData, _nextVersion());
    }

    function removeNodeOperator(address operatorAddress) external onlyOwner {
        uint8 slot = _requireSlotOf(operatorAddress);
        uint256 members = operatorBitmask;
        if (_count(members) <= settings.minOperators) revert InsufficientOperators();
        // A keyspace that is neither serving nor being built may name whom it likes.
        uint256 needed = migration.pullingOperatorBitmask == 0
            ? _latestKeyspace().operatorBitmask
            : keyspaces[0].operatorBitmask | keyspaces[1].operatorBitmask;
        uint256 bit = 1 << slot;
        if (needed & bit != 0) revert OperatorInKeyspace();

        delete operatorSlots[slot];
        delete operatorSlotIndexes[operatorAddress];
        operatorBitmask = members & ~bit;

        emit NodeOperatorRemoved(operatorAddress, slot, _nextVersion());
    }

    // ---------------------------------------------------------------- migrations

    function startMigration(Keyspace calldata newKeyspace) external onlyOwner {
        if (maintenanceSlot != address(0)) revert MaintenanceInProgress();
        if (migration.pullingOperatorBitmask != 0) revert MigrationInProgress();
        uint256 chosen = newKeyspace.operatorBitmask;
        if (_count(chosen) < settings.minOperators) revert InsufficientOperators();
        if (chosen & ~operatorBitmask != 0) revert OperatorNotFound();
        Keyspace storage current = _latestKeyspace();
        if (
            chosen == current.operatorBitmask && newKeyspace.replicationStrategy == current.replicationStrategy
        ) revert SameKeyspace();

        uint64 newKeyspaceVersion = ++keyspaceVersion;
        keyspaces[newKeyspaceVersion % 2] = newKeyspace;
        uint64 id = ++migration.id;
        migration.startedAt = uint64(block.timestamp);
        // Everyone has to report, also operators for whom nothing changes.
        migration.pullingOperatorBitmask = chosen;

        emit MigrationStarted(id, newKeyspace, newKeyspaceVersion, _nextVersion());
    }

    function completeMigration(uint64 id) external {
        uint256 pulling = _requireMigration(id);
        if (!isOperator(msg.sender)) revert CallerNotOperator();
        uint256 bit = 1 << operatorSlotIndexes[msg.sender];
        if (pulling & bit == 0) revert OperatorNotPulling();

        pulling &= ~bit;
        migration.pullingOperatorBitmask = pulling;

        if (pulling == 0) {
            emit MigrationCompleted(id, msg.sender, _nextVersion());
        } else {
            emit MigrationDataPullCompleted(id, msg.sender, _nextVersion());
        }
    }

    function abortMigration(uint64 id) external onlyOwner {
        _requireMigration(id);

        // The abandoned keyspace and the start time stay where they are; the next migration writes over them.
        migration.abortedAt = uint64(block.timestamp);
        migration.pullingOperatorBitmask = 0;
        --keyspaceVersion;

        emit MigrationAborted(id, _nextVersion());
    }

    // ---------------------------------------------------------------- maintenance and settings

    function setMaintenance(bool active) external {
        if (active) {
            if (maintenanceSlot != address(0)) revert MaintenanceInProgress();
            if (msg.sender != owner() && !isOperator(msg.sender)) revert Unauthorized();
            maintenanceSlot = msg.sender;
        } else {
            if (msg.sender != owner()) {
                // The holder must still be an operator: somebody who was removed waits for the owner.
                if (maintenanceSlot != msg.sender || !isOperator(msg.sender)) revert Unauthorized();
            }
            maintenanceSlot = address(0);
        }
        emit MaintenanceToggled(msg.sender, active, _nextVersion());
    }

    function updateSettings(Settings calldata newSettings) external onlyOwner {
        if (_count(operatorBitmask) < newSettings.minOperators) revert InsufficientOperators();
        settings = newSettings;
        emit SettingsUpdated(newSettings, msg.sender, _nextVersion());
    }

    // ---------------------------------------------------------------- views

    function getView() external view returns (ClusterView memory) {
        uint256 members = operatorBitmask;
        // Math.log2(0) is 0: without any operator there is still one, empty, slot to be seen.
        NodeOperator[] memory slots = new NodeOperator[](Math.log2(members) + 1);
        for (uint256 slot = 0; slot < slots.length; ++slot) {
            if (members & (1 << slot) != 0) slots[slot] = operatorSlots[slot];
        }
        return ClusterView({
            owner: owner(),
            settings: settings,
            version: version,
            keyspaceVersion: keyspaceVersion,
            operatorSlots: slots,
            keyspaces: keyspaces,
            migration: migration,
            maintenanceSlot: maintenanceSlot
        });
    }

    function getOperatorCount() external view returns (uint16) {
        return uint16(_count(operatorBitmask));
    }

    function getOperatorAt(uint8 slot) external view returns (address) {
        if (operatorBitmask & (1 << slot) == 0) revert OperatorNotFound();
        return operatorSlots[slot].addr;
    }

    /// @notice Whether the slot on record for this address holds this address. An address nobody knows has slot 0 on
    /// record, so the zero address passes for an operator while slot 0 is free.
    function isOperator(address candidate) public view returns (bool) {
        return operatorSlots[operatorSlotIndexes[candidate]].addr == candidate;
    }

    /// @return everyone the operators' addresses in ascending order, not in slot order
    function getAllOperators() external view returns (address[] memory everyone) {
        uint8[] memory slots = _members(operatorBitmask);
        everyone = new address[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            everyone[i] = operatorSlots[slots[i]].addr;
        }
        Arrays.sort(everyone);
    }

    function getCurrentKeyspace() external view returns (uint8[] memory members, uint8 replicationStrategy) {
        Keyspace storage current = _latestKeyspace();
        return (_members(current.operatorBitmask), current.replicationStrategy);
    }

    function getMigrationStatus() external view returns (uint64 id, uint16 remaining, bool inProgress) {
        uint256 pulling = migration.pullingOperatorBitmask;
        return (migration.id, uint16(_count(pulling)), pulling != 0);
    }

    function getPullingOperators() external view returns (uint8[] memory) {
        return _members(migration.pullingOperatorBitmask);
    }

    // ---------------------------------------------------------------- inside

    function _authorizeUpgrade(address) internal override onlyOwner {}

    /// Every function that changes the cluster ends with exactly one event, and that event carries what this returns.
    function _nextVersion() private returns (uint128) {
        return ++version;
    }

    /// Written by the newest migration, or serving when there is none.
    function _latestKeyspace() private view returns (Keyspace storage) {
        return keyspaces[keyspaceVersion % 2];
    }

    function _occupy(uint8 slot, address operator, bytes calldata data) private {
        operatorSlots[slot].addr = operator;
        operatorSlots[slot].data = data;
        operatorSlotIndexes[operator] = slot;
    }

    function _requireFits(bytes calldata data, uint256 maxBytes) private pure {
        if (data.length == 0 || data.length > maxBytes) revert InvalidOperatorData();
    }

    function _requireSlotOf(address operator) private view returns (uint8 slot) {
        if (!isOperator(operator)) revert OperatorNotFound();
        slot = operatorSlotIndexes[operator];
        // isOperator takes the zero address for the tenant of a free slot 0; nobody may write there in its name.
        if (operator == address(0) && operatorBitmask & (1 << slot) == 0) revert OperatorNotFound();
    }

    function _requireMigration(uint64 id) private view returns (uint256 pulling) {
        pulling = migration.pullingOperatorBitmask;
        if (pulling == 0) revert NoMigrationInProgress();
        if (id != migration.id) revert WrongMigrationId();
    }

    function _count(uint256 mask) private pure returns (uint256 bits) {
        // Taking 1 away turns the lowest set bit and all below it over: one round per member.
        for (; mask != 0; mask &= mask - 1) ++bits;
    }

    function _members(uint256 mask) private pure returns (uint8[] memory slots) {
        slots = new uint8[](_count(mask));
        for (uint256 i = 0; mask != 0; mask &= mask - 1) {
            slots[i++] = uint8(Math.log2(mask & (~mask + 1)));
        }
    }
}
