// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IGridwitnessLedger} from "./IGridwitnessLedger.sol";
import {InclusionPath} from "./InclusionPath.sol";

/// @title Implementation of the ledger
/// @dev One call writes the roots and CID digests of all its batches into the code of one fresh contract, the *page*: 12,800 gas
///      a batch where two storage slots would cost 44,200. A page begins with STOP and holds no instruction, so it can be
///      neither run nor destroyed. All else about a batch fits into the one slot that points into the page.
///      There are no immutables: every deployment has the same runtime code.
contract GridwitnessLedger is IGridwitnessLedger, Ownable2Step {
    /// @dev Where a batch stands: exactly one slot. `page` is zero for a batch that does not exist.
    struct Entry {
        address page;
        uint40 anchoredAt;
        uint32 size;
        uint16 position;
        bytes1 codec;
    }

    uint32 private constant MAX_BATCH_SIZE = 262_144;
    /// @dev (24,576 bytes of code (EIP-170) - 1 for STOP) / 64 a batch.
    uint256 private constant MAX_BATCHES_PER_CALL = 383;
    /// @dev Bit n stands for the character n: 0-9, a-z and the hyphen.
    uint256 private constant AREA_ID_CHARACTERS = ((2 ** 10 - 1) << 0x30) | ((2 ** 26 - 1) << 0x61) | (1 << 0x2d);
    bytes4 private constant RAW_SHA256 = 0x01551220;
    bytes4 private constant DAG_PB_SHA256 = 0x01701220;

    mapping(address account => bool) public isAnchorer;
    mapping(bytes32 areaId => uint64) private _latestNumber;
    mapping(bytes32 areaId => mapping(uint64 number => Entry)) private _entries;

    /// @param initialAnchorer first holder of the anchoring role; zero for none yet
    constructor(address initialOwner, address initialAnchorer) Ownable(initialOwner) {
        if (initialAnchorer != address(0)) _grantAnchoring(initialAnchorer);
    }

    function grantAnchoring(address account) external onlyOwner {
        if (account == address(0)) revert ZeroAnchorer();
        _grantAnchoring(account);
    }

    function revokeAnchoring(address account) external onlyOwner {
        if (!isAnchorer[account]) return;
        isAnchorer[account] = false;
        emit AnchoringRevoked(account);
    }

    function renounceOwnership() public pure override {
        revert OwnerRequired();
    }

    function anchor(NewAnchor[] calldata batches) external {
        if (!isAnchorer[msg.sender]) revert NotAnchorer(msg.sender);
        // Written before the rows are checked, so that a batch finds its predecessor in this call like in any earlier one.
        address page = _writePage(batches);
        for (uint256 i = 0; i < batches.length; ++i) {
            _append(batches[i], page, uint16(i));
        }
    }

    function latest(bytes32 areaId) public view returns (uint64 number, bytes32 root) {
        number = _latestNumber[areaId];
        if (number != 0) (root,) = _readPage(_entries[areaId][number]);
    }

    function anchorOf(bytes32 areaId, uint64 number) external view returns (Anchor memory) {
        Entry memory entry = _entries[areaId][number];
        if (entry.page == address(0)) revert UnknownBatch(areaId, number);
        (bytes32 root, bytes32 digest) = _readPage(entry);
        bytes memory cid = bytes.concat(hex"01", entry.codec, hex"1220", digest);
        return Anchor(root, entry.anchoredAt, entry.size, cid);
    }

    function verify(bytes32 areaId, uint64 number, bytes32 leafHash, uint256 index, bytes32[] calldata path)
        external
        view
        returns (bool)
    {
        Entry memory entry = _entries[areaId][number];
        (bool fits, bytes32 expected) = InclusionPath.fold(leafHash, index, entry.size, path);
        if (!fits) return false;
        (bytes32 root,) = _readPage(entry);
        return root == expected;
    }

    function _grantAnchoring(address account) private {
        if (isAnchorer[account]) return;
        isAnchorer[account] = true;
        emit AnchoringGranted(account);
    }

    function _append(NewAnchor calldata batch, address page, uint16 position) private {
        bytes32 areaId = batch.areaId;
        (uint64 number, bytes32 latestRoot) = latest(areaId);
        if (number == 0 && !_isAreaId(areaId)) revert MalformedAreaId(areaId);
        ++number;
        if (batch.previousRoot != latestRoot) {
            revert PreviousRootMismatch(areaId, number, latestRoot, batch.previousRoot);
        }
        if (batch.root == 0) revert ZeroRoot(areaId);
        if (batch.size == 0 || batch.size > MAX_BATCH_SIZE) revert SizeOutOfRange(areaId, batch.size, MAX_BATCH_SIZE);
        _latestNumber[areaId] = number;
        _entries[areaId][number] = Entry(page, uint40(block.timestamp), batch.size, position, batch.cid[1]);
        emit BatchAnchored(areaId, number, batch.root, batch.size, batch.cid);
    }

    /// @dev The checks of the CID stand here because the page keeps only its digest and the entry only its codec.
    function _writePage(NewAnchor[] calldata batches) private returns (address page) {
        uint256 count = batches.length;
        if (count == 0) revert NoBatches();
        if (count > MAX_BATCHES_PER_CALL) revert TooManyBatches(count, MAX_BATCHES_PER_CALL);
        bytes32[] memory words = new bytes32[](2 * count);
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata cid = batches[i].cid;
            bytes4 prefix = cid.length == 36 ? bytes4(cid) : bytes4(0);
            if (prefix != RAW_SHA256 && prefix != DAG_PB_SHA256) revert MalformedCid(batches[i].areaId, cid);
            words[2 * i] = batches[i].root;
            words[2 * i + 1] = bytes32(cid[4:]);
        }
        // PUSH2 length DUP1 PUSH1 10 RETURNDATASIZE CODECOPY RETURNDATASIZE RETURN, then the code itself: STOP and the words.
        bytes memory creation =
            abi.encodePacked(hex"61", uint16(1 + 64 * count), hex"80600a3d393df3", hex"00", words);
        assembly ("memory-safe") {
            page := create(0, add(creation, 32), mload(creation))
        }
        if (page == address(0)) revert PageNotWritten();
    }

    function _readPage(Entry memory entry) private view returns (bytes32 root, bytes32 digest) {
        address page = entry.page;
        uint256 offset = 1 + 64 * uint256(entry.position);
        assembly ("memory-safe") {
            extcodecopy(page, 0, offset, 64)
            root := mload(0)
            digest := mload(32)
        }
    }

    function _isAreaId(bytes32 areaId) private pure returns (bool) {
        if (areaId == 0 || areaId[0] == "-" || areaId[31] != 0) return false;
        for (uint256 rest = uint256(areaId); rest != 0; rest <<= 8) {
            if ((AREA_ID_CHARACTERS >> (rest >> 248)) & 1 == 0) return false;
        }
        return true;
    }
}
