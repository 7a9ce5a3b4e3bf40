// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";

/// @notice Bytes that are no bundle: the relayer's own fault, so the whole transaction reverts and says where.
contract ExecuteMalformedTest is Playground {
    bytes private _player;

    function setUp() public override {
        super.setUp();
        _player = abi.encode(makeActivePlayer(1));
    }

    function _assertMalformed(bytes memory sections, uint256 offset) private {
        vm.expectRevert(abi.encodeWithSelector(ISessionManager.MalformedBundle.selector, offset));
        manager.execute(sections);
    }

    /// @dev Somebody with an active session; kept encoded, as not every compiler pipeline stores such structs.
    function player() private view returns (Player memory) {
        return abi.decode(_player, (Player));
    }

    /// error: entry counts outside 1 to 8.
    function test_EntryCount() public {
        _assertMalformed(abi.encodePacked(bytes32(0), uint8(0), uint16(0)), 32);
        _assertMalformed(abi.encodePacked(bytes32(0), uint8(0x40), new bytes(52 * 4), uint16(0)), 32);
        for (uint8 count = 9; count < 16; ++count) {
            _assertMalformed(abi.encodePacked(bytes32(0), count, new bytes(29 * 16), uint16(0)), 32);
        }
    }

    /// @dev Where the item of `player` starts in a bundle of its own; and where the call of its intent does.
    function _itemOffset() private view returns (uint256) {
        return 34 + player().table.length;
    }

    function _callOffset(bytes memory encoded) private pure returns (uint256) {
        // The call of `hit(1)`: head, length, and one byte that is not zero.
        return encoded.length - 4;
    }

    /// error: kinds that do not exist: unknown schemes and flags, or neither grant nor intent.
    function testFuzz_Kind(uint8 kind) public {
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        encoded[20] = bytes1(kind);
        bytes memory sections = section(player(), one(encoded));
        bool knownScheme = kind & 0x03 == P256 || kind & 0x03 == SECP256K1;
        bool isEmpty = kind & (WITH_GRANT | WITHOUT_INTENT) == WITHOUT_INTENT;
        if (!knownScheme || isEmpty || kind & 0x18 != 0) {
            _assertMalformed(sections, _itemOffset() + 20);
        } else if (kind != P256) {
            (bool accepted,) = address(manager).call(abi.encodeCall(manager.execute, (sections)));
            accepted;
            assertEq(target.visitCount(), 0, "an item of another kind");
        }
    }

    /// error: an item with neither grant nor intent.
    function test_EmptyItem() public {
        bytes memory encoded = head(player(), WITHOUT_INTENT);
        _assertMalformed(section(player(), one(encoded)), _itemOffset() + 20);
    }

    /// Guarantee: the number of calls is signed. (Its byte has three bits more, which say nothing: whatever they are, it is
    /// the very intent that was signed that executes.)
    function testFuzz_FurtherCalls(uint8 furtherCalls) public {
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        encoded[93] = bytes1(furtherCalls);
        bytes memory sections = section(player(), one(encoded));
        if (furtherCalls & 0x1f == 0) {
            assertSuccess(run(sections)[0], "as signed");
            assertEq(target.visitCount(), 1, "one visit");
            assertEq(target.lastVisit().number, 1, "as signed");
        } else {
            (bool accepted,) = address(manager).call(abi.encodeCall(manager.execute, (sections)));
            assertTrue(!accepted, "calls behind the end");
            assertEq(target.visitCount(), 0, "no visit");
        }
    }

    /// error: an entry that the table does not have.
    function test_EntryIndex() public {
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        uint256 offset = _callOffset(encoded);
        assertEq(uint8(encoded[offset]), 31 << 3, "entry 0");
        for (uint8 index = 3; index < 8; ++index) {
            for (uint8 zeros; zeros < 32; ++zeros) {
                encoded[offset] = bytes1((zeros << 3) | index);
                _assertMalformed(section(player(), one(encoded)), _itemOffset() + offset);
            }
        }
    }

    /// @dev A bundle with everything in it: grants with all parts, with and without intent, and intents.
    function _everything() private returns (bytes memory) {
        Player memory narrower = makePlayer(2);
        useOwnTerms(narrower, termsOf(permissionOf(address(target), "hit(uint256)", 5)));
        Player memory sibling = copy(narrower);
        useKey(sibling, SECP256K1, 0xf00d);
        Player memory former = copy(narrower);
        useKey(former, SECP256K1, 0xf0);
        OwnerGrant[] memory grants = makeBatch(two(narrower, sibling), one(former));
        bytes memory last = withGrant(sibling, grants[1], signed(sibling, makeIntent(sibling, hit(2))));
        return bytes.concat(
            section(player(), one(signed(player(), makeIntent(player(), hit(1))))),
            section(narrower, two(grantItem(narrower, grants[0]), last))
        );
    }

    function _firstSection() private view returns (uint256) {
        return section(player(), one(signed(player(), makeIntent(player(), hit(1))))).length;
    }

    function _assertRefusedAsAWhole(bytes memory data) private {
        (bool success,) = address(manager).call(data);
        assertTrue(!success, "accepted");
        assertEq(target.visitCount(), 0, "no visit");
    }

    /// behavior: the bundle that the following tests cut is a good one.
    function test_Everything() public {
        Result[] memory results = run(_everything());
        assertEq(results.length, 2, "results");
        assertSuccess(results[0], "first");
        assertSuccess(results[1], "second");
    }

    /// Guarantee: nothing is read beyond the end: every truncation reverts, and nothing executes.
    function testFuzz_Truncated(uint256 length) public {
        bytes memory sections = _everything();
        length = bound(length, 1, sections.length - 1);
        // A whole section is a bundle by itself.
        if (length == _firstSection()) return;
        _assertRefusedAsAWhole(abi.encodeCall(manager.execute, (slice(sections, 0, length))));
    }

    /// Guarantee: bytes behind the end are never taken for part of a bundle, even where they would complete it.
    function testFuzz_TruncatedInPlace(uint256 length) public {
        bytes memory sections = _everything();
        length = bound(length, 1, sections.length - 1);
        if (length == _firstSection()) return;
        bytes memory data = abi.encodeCall(manager.execute, (sections));
        // The length word of `sections` stands behind selector and offset.
        assembly ("memory-safe") {
            mstore(add(data, add(0x20, 0x24)), length)
        }
        _assertRefusedAsAWhole(data);
    }

    /// error: bytes that are left over.
    function test_TrailingBytes() public {
        bytes memory sections = section(player(), one(signed(player(), makeIntent(player(), hit(1)))));
        _assertRefusedAsAWhole(abi.encodeCall(manager.execute, (bytes.concat(sections, hex"00"))));
    }

    /// error: a section without items.
    function test_EmptySection() public {
        _assertRefusedAsAWhole(abi.encodeCall(manager.execute, (section(player(), new bytes[](0)))));
    }

    /// Guarantee: a lie about the length of arguments makes another call of it, which nobody signed.
    function testFuzz_ArgumentLength(uint16 length) public {
        if (length == 1) length = 0;
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        uint256 offset = _callOffset(encoded);
        encoded[offset + 1] = bytes1(uint8(length >> 8));
        encoded[offset + 2] = bytes1(uint8(length));
        bytes memory padding = length > 1 ? new bytes(length - 1) : bytes("");
        (bool accepted,) = address(manager)
            .call(abi.encodeCall(manager.execute, (section(player(), one(bytes.concat(encoded, padding))))));
        accepted;
        assertEq(target.visitCount(), 0, "no visit");
        assertEq(manager.sessionOf(player().sessionId).nextSequence, 0, "nothing used up");
    }

    /// behavior: arguments of any length pass through unchanged, for both kinds of account.
    function testFuzz_AnyArguments(bytes calldata args, bool foreign, bool twice) public {
        Player memory other = makeActivePlayer(2, SECP256K1, foreign);
        bytes memory data = bytes.concat(hit(1), args);
        Call memory call = Call(address(target), 0, data);
        Intent memory intent = makeIntent(other, twice ? calls2(call, call) : calls1(call));
        intent.callGas = 2_000_000;
        assertSuccess(run(other, intent), "longer arguments");
        assertEq(target.visitCount(), twice ? 2 : 1, "visits");
    }
}
