// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The ledger that Ethereum keeps for Gridwitness
/// @notice Every area has its own row of batches, numbered from 1 without a gap. Each anchor names the root before it,
///         so a row can only grow at its end: nothing anchored is ever changed, replaced or removed.
interface IGridwitnessLedger {
    /// @notice What is kept for one batch.
    /// @param root RFC 6962 Merkle tree hash of its records, never zero
    /// @param anchoredAt time of the block that took it, in seconds since 1970
    /// @param size number of records, 1 to 262,144
    /// @param cid binary CIDv1 of the batch file, 36 bytes, sha2-256, raw or dag-pb
    struct Anchor {
        bytes32 root;
        uint64 anchoredAt;
        uint32 size;
        bytes cid;
    }

    /// @notice A batch to be anchored. Its number is implied: the area's latest plus one.
    /// @param areaId ASCII of `[a-z0-9][a-z0-9-]{0,30}`, padded on the right with zeros
    /// @param previousRoot root of the area's latest batch, zero for the first
    struct NewAnchor {
        bytes32 areaId;
        bytes32 previousRoot;
        bytes32 root;
        uint32 size;
        bytes cid;
    }

    event BatchAnchored(bytes32 indexed areaId, uint64 indexed number, bytes32 root, uint32 size, bytes cid);
    event AnchoringGranted(address indexed account);
    event AnchoringRevoked(address indexed account);

    /// @notice The caller of `anchor` does not hold the anchoring role.
    error NotAnchorer(address account);
    /// @notice The zero address cannot hold the anchoring role.
    error ZeroAnchorer();
    /// @notice Ownership passes on in two steps and is never given up: without an owner a stolen anchoring key could not be revoked.
    error OwnerRequired();
    /// @notice `anchor` was called without any batch.
    error NoBatches();
    /// @notice More batches than one call can keep.
    error TooManyBatches(uint256 count, uint256 maximum);
    /// @notice The area id is not `[a-z0-9][a-z0-9-]{0,30}` padded on the right with zeros.
    error MalformedAreaId(bytes32 areaId);
    /// @notice The batch does not follow the area's latest one, whose root is `expected`; it would have become `number`.
    error PreviousRootMismatch(bytes32 areaId, uint64 number, bytes32 expected, bytes32 got);
    /// @notice No tree of records has the root zero.
    error ZeroRoot(bytes32 areaId);
    /// @notice A batch holds 1 to `maximum` records.
    error SizeOutOfRange(bytes32 areaId, uint32 size, uint32 maximum);
    /// @notice The CID is not the 36 bytes of a CIDv1 with codec raw or dag-pb and a sha2-256 digest.
    error MalformedCid(bytes32 areaId, bytes cid);
    /// @notice The area has no batch of this number.
    error UnknownBatch(bytes32 areaId, uint64 number);
    /// @notice The roots and digests could not be written; not enough gas was given.
    error PageNotWritten();

    /// @notice Anchors batches in the order given, of one area or many, several of one area in a row included. All or nothing.
    function anchor(NewAnchor[] calldata batches) external;

    /// @notice Number and root of the area's latest batch; both zero for an area without any.
    function latest(bytes32 areaId) external view returns (uint64 number, bytes32 root);

    /// @notice What is kept for a batch. Reverts with `UnknownBatch` where there is none.
    function anchorOf(bytes32 areaId, uint64 number) external view returns (Anchor memory);

    /// @notice Whether the leaf hash stands at `index` in the batch: RFC 9162 section 2.1.3.2.
    ///         False, never a revert, for an unknown batch, an index past the end, or a path too short or too long.
    /// @param leafHash SHA-256(0x00 || record bytes), already hashed
    /// @param path siblings from the leaf upwards
    function verify(bytes32 areaId, uint64 number, bytes32 leafHash, uint256 index, bytes32[] calldata path)
        external
        view
        returns (bool);

    /// @notice Gives an account the anchoring role. Only the owner; without effect for an account that has it.
    function grantAnchoring(address account) external;

    /// @notice Takes the anchoring role away. Only the owner; without effect for an account that lacks it.
    function revokeAnchoring(address account) external;

    /// @notice Whether the account may call `anchor`.
    function isAnchorer(address account) external view returns (bool);
}
