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

    /// error: a scheme that does not exist: the length of the key is unknown.
    function testFuzz_UnknownScheme(uint8 scheme) public {
        uint8 low = scheme & 0x3f;
        if (low == P256 || low == SECP256K1) scheme ^= low;
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        encoded[20] = bytes1(scheme);
        _assertMalformed(section(player(), one(encoded)), 34 + player().table.length + 20);
    }

    /// error: an item with neither grant nor intent.
    function test_EmptyItem() public {
        bytes memory encoded = head(player(), WITHOUT_INTENT);
        _assertMalformed(section(player(), one(encoded)), 34 + player().table.length + 20);
    }

    /// error: call counts outside 1 to 32.
    function test_CallCount() public {
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        uint256 offset = 34 + player().table.length + 170;
        encoded[170] = 0x00;
        _assertMalformed(section(player(), one(encoded)), offset);
        encoded[170] = bytes1(uint8(33));
        _assertMalformed(section(player(), one(encoded)), offset);
    }

    /// error: an entry that the table does not have.
    function testFuzz_EntryIndex(uint8 index) public {
        index = uint8(bound(index, 3, 255));
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        encoded[171] = bytes1(index);
        _assertMalformed(section(player(), one(encoded)), 34 + player().table.length + 171);
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

    /// Guarantee (A-23): nothing is read beyond the end: every truncation reverts, and nothing executes.
    function testFuzz_Truncated(uint256 length) public {
        bytes memory sections = _everything();
        length = bound(length, 1, sections.length - 1);
        // A whole section is a bundle by itself.
        if (length == 34 + player().table.length + 207) return;
        _assertRefusedAsAWhole(abi.encodeCall(manager.execute, (slice(sections, 0, length))));
    }

    /// Guarantee: bytes behind the end are never taken for part of a bundle, even where they would complete it.
    function testFuzz_TruncatedInPlace(uint256 length) public {
        bytes memory sections = _everything();
        length = bound(length, 1, sections.length - 1);
        if (length == 34 + player().table.length + 207) return;
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
        if (length == 32) length = 0;
        Intent memory intent = makeIntent(player(), hit(1));
        bytes memory encoded = signed(player(), intent);
        encoded[172] = bytes1(uint8(length >> 8));
        encoded[173] = bytes1(uint8(length));
        bytes memory padding = length > 32 ? new bytes(length - 32) : bytes("");
        (bool success,) = address(manager)
            .call(abi.encodeCall(manager.execute, (section(player(), one(bytes.concat(encoded, padding))))));
        success;
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
