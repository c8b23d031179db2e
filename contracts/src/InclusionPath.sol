// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Verification of an inclusion path, RFC 9162 section 2.1.3.2
library InclusionPath {
    /// @dev `fits` is false where the path has not the length that the index and the size ask for, or the index is past the end.
    ///      The hash of a node is SHA-256(0x01 || left || right), by the precompiled contract.
    function fold(bytes32 leafHash, uint256 index, uint256 size, bytes32[] calldata path)
        internal
        pure
        returns (bool fits, bytes32 root)
    {
        if (index >= size) return (false, 0);
        uint256 last = size - 1;
        root = leafHash;
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return (false, 0);
            if (index & 1 == 1 || index == last) {
                root = sha256(bytes.concat(hex"01", path[i], root));
                // An odd node moved up unchanged through these levels.
                for (; index & 1 == 0 && index != 0; index >>= 1) last >>= 1;
            } else {
                root = sha256(bytes.concat(hex"01", root, path[i]));
            }
            index >>= 1;
            last >>= 1;
        }
        fits = last == 0;
    }
}
