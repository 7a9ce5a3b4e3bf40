// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {OpenHouse} from "../targets/OpenHouse.sol";

/// @notice Rules on arguments, as intents meet them: from the text that the owner signs to the call that is refused.
contract RulesTest is Playground {
    bytes4 private constant NOT_ALLOWED = ISessionManager.ArgumentNotAllowed.selector;

    uint256 private constant MAX = type(uint256).max;

    OpenHouse private _house;
    uint256 private _seed;

    function setUp() public override {
        super.setUp();
        _house = new OpenHouse();
    }

    /// @dev A player whose session may make this call a thousand times, by these rules.
    function _player(string memory signature, string[] memory rules) private returns (Player memory player) {
        Permission memory permission = permissionOf(address(_house), signature, 1000);
        permission.rules = rules;
        player = makePlayer(++_seed, termsOf(permission));
        grant(player);
    }

    function _call(Player memory player, bytes memory args) private view returns (Call memory) {
        string memory signature = player.session.terms.permissions[0].signature;
        return Call(address(_house), 0, bytes.concat(bytes4(keccak256(bytes(signature))), args));
    }

    function _assertAllowed(Player memory player, bytes memory args, string memory what) private {
        uint256 visits = _house.visits();
        Call memory call = _call(player, args);
        assertSuccess(run(player, call), what);
        assertEq(_house.visits(), visits + 1, what);
        assertEq(_house.dataHash(), keccak256(call.data), "as it was signed");
    }

    function _assertRefused(Player memory player, bytes memory args, bytes4 reason, string memory what) private {
        bytes32 before = keccak256(abi.encode(manager.sessionOf(player.sessionId)));
        uint256 visits = _house.visits();
        assertRejection(run(player, _call(player, args)), reason, what);
        assertEq(_house.visits(), visits, what);
        assertEq(keccak256(abi.encode(manager.sessionOf(player.sessionId))), before, "nothing is used up");
    }

    /// @dev A rule on a function's only argument: what it allows, and what it does not.
    function _assertRule(
        string memory type_,
        string memory condition,
        uint256[3] memory allowed,
        uint256[3] memory refused
    ) private {
        string memory what = string.concat(type_, " ", condition);
        Player memory player = _player(string.concat("f(", type_, ")"), _rules(string.concat("arg0 ", condition)));
        for (uint256 i; i < 3; ++i) {
            _assertAllowed(player, abi.encode(allowed[i]), what);
            _assertRefused(player, abi.encode(refused[i]), NOT_ALLOWED, what);
        }
    }

    function _rules(string memory first) private pure returns (string[] memory rules) {
        rules = new string[](1);
        rules[0] = first;
    }

    function _rules(string memory first, string memory second) private pure returns (string[] memory rules) {
        rules = new string[](2);
        (rules[0], rules[1]) = (first, second);
    }

    // ── Each condition, at its limits and one beyond ──────────────────────────

    /// Guarantee: conditions on unsigned numbers hold to the number; a word that is no number of the type never passes.
    function test_Unsigned() public {
        _assertRule("uint8", "== 3", [uint256(3), 3, 3], [uint256(2), 4, 3 + 256]);
        _assertRule("uint8", "!= 3", [uint256(2), 4, 255], [uint256(3), 256, MAX]);
        _assertRule("uint8", "!= 0", [uint256(1), 4, 255], [uint256(0), 256, MAX]);
        _assertRule("uint8", "!= 255", [uint256(0), 1, 254], [uint256(255), 256, MAX]);
        _assertRule("uint8", "< 3", [uint256(0), 1, 2], [uint256(3), 255, 256]);
        _assertRule("uint8", "<= 3", [uint256(0), 2, 3], [uint256(4), 255, 1 << 255]);
        _assertRule("uint8", "> 3", [uint256(4), 5, 255], [uint256(3), 0, 256]);
        _assertRule("uint8", ">= 3", [uint256(3), 4, 255], [uint256(2), 0, 256 + 3]);
        _assertRule("uint16", "in 100..500", [uint256(100), 300, 500], [uint256(99), 501, 65_536 + 300]);
        _assertRule("uint256", "in {1, 5, 9}", [uint256(1), 5, 9], [uint256(0), 4, 10]);
        _assertRule("uint256", "<= 5", [uint256(0), 4, 5], [uint256(6), MAX, 1 << 128]);
        _assertRule("uint256", "> 5", [uint256(6), 1 << 128, MAX], [uint256(0), 4, 5]);
    }

    /// Guarantee: the same for signed numbers, around zero and at both ends of the type.
    function test_Signed() public {
        uint256 top = 1 << 255;
        _assertRule("int8", "== -1", [MAX, MAX, MAX], [uint256(0), 255, MAX - 1]);
        _assertRule("int8", "!= -1", [uint256(0), MAX - 1, 127], [MAX, 128, 255]);
        _assertRule("int8", "< 0", [MAX, MAX - 1, MAX - 127], [uint256(0), 127, MAX - 128]);
        _assertRule("int8", "<= -3", [MAX - 2, MAX - 3, MAX - 127], [MAX - 1, 0, MAX - 128]);
        _assertRule("int8", "> -3", [MAX - 1, 0, 127], [MAX - 2, MAX - 127, 128]);
        _assertRule("int8", ">= 0", [uint256(0), 1, 127], [MAX, 128, top]);
        _assertRule("int8", "in -1..1", [MAX, 0, 1], [MAX - 1, 2, 255]);
        _assertRule("int8", "in {-128, -1, 127}", [MAX - 127, MAX, 127], [MAX - 128, 128, 0]);
        _assertRule("int256", "< 0", [MAX, top, top + 1], [uint256(0), 1, top - 1]);
        _assertRule("int256", ">= -1", [MAX, 0, top - 1], [MAX - 1, top, top + 1]);
        _assertRule("int24", ">= -8388608", [MAX - 0x7fffff, 0, 0x7fffff], [MAX - 0x800000, 0x800000, top]);
    }

    /// Guarantee: the same for what is not a number.
    function test_AddressesTruthsAndBytes() public {
        address someone = 0xABcdEFABcdEFabcdEfAbCdefabcdeFABcDEFabCD;
        uint256 word = uint160(someone);
        uint256 dirty = word | (1 << 160);
        _assertRule(
            "address",
            "== 0xabcdefabcdefabcdefabcdefabcdefabcdefabcd",
            [word, word, word],
            [word - 1, dirty, word | (1 << 255)]
        );
        _assertRule(
            "address", "!= 0xABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD", [word - 1, word + 1, 0], [word, dirty, 1 << 160]
        );
        _assertRule(
            "address",
            "in {0xabcdefabcdefabcdefabcdefabcdefabcdefabcd, 0x0000000000000000000000000000000000000007}",
            [word, 7, word],
            [uint256(8), 0, dirty]
        );
        _assertRule("bool", "== true", [uint256(1), 1, 1], [uint256(0), 2, MAX]);
        _assertRule("bool", "== false", [uint256(0), 0, 0], [uint256(1), 2, 1 << 255]);
        _assertRule("bool", "!= false", [uint256(1), 1, 1], [uint256(0), 2, 256]);
        uint256 left = 0x1234 << 240;
        _assertRule("bytes2", "== 0x1234", [left, left, left], [uint256(0x1234), left + 1, left + (1 << 240)]);
        uint256 other = 0xabcd << 240;
        _assertRule("bytes2", "in {0x1234, 0xABCD}", [left, other, left], [left | 1, other | (1 << 239), 0]);
        _assertRule(
            "bytes32",
            "== 0x0000000000000000000000000000000000000000000000000000000000000005",
            [uint256(5), 5, 5],
            [uint256(4), 6, MAX]
        );
    }

    /// Guarantee: a list of sixteen holds to its first and to its last.
    function test_LongestList() public {
        Player memory player =
            _player("f(uint64)", _rules("arg0 in {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30}"));
        for (uint256 i; i <= 30; ++i) {
            if (i % 2 == 0) _assertAllowed(player, abi.encode(i), "even");
            else _assertRefused(player, abi.encode(i), NOT_ALLOWED, "odd");
        }
    }

    /// Guarantee: ranges in any order of the words compare as the numbers they are.
    function testFuzz_Range(uint64 first, uint64 second, uint64 number) public {
        (uint64 low, uint64 high) = first < second ? (first, second) : (second, first);
        string memory rule = string.concat("arg0 in ", vm.toString(low), "..", vm.toString(high));
        Player memory player = _player("f(uint64)", _rules(rule));
        _assertAllowed(player, abi.encode(low), "low");
        _assertAllowed(player, abi.encode(high), "high");
        if (low != 0) _assertRefused(player, abi.encode(low - 1), NOT_ALLOWED, "below");
        _assertRefused(player, abi.encode(uint256(high) + 1), NOT_ALLOWED, "above");
        bool within = number >= low && number <= high;
        if (within) _assertAllowed(player, abi.encode(number), "within");
        else _assertRefused(player, abi.encode(number), NOT_ALLOWED, "outside");
    }

    // ── Which argument ────────────────────────────────────────────────────────

    /// Guarantee: a rule reads the word that it names, behind static arrays and tuples, and no other.
    function test_WordsOfArraysAndTuples() public {
        Player memory player = _player("f(uint8[2],(bool,int8),bytes,uint16)", _rules("arg1 <= 5", "arg5 == 7"));
        bytes memory tail = abi.encode(uint256(3), bytes32("abc"));
        _assertAllowed(player, bytes.concat(abi.encode(9, 5, 1, MAX, 192, 7), tail), "both hold");
        _assertRefused(player, bytes.concat(abi.encode(5, 6, 1, 5, 192, 7), tail), NOT_ALLOWED, "second of the array");
        _assertRefused(player, bytes.concat(abi.encode(5, 5, 1, 7, 192, 8), tail), NOT_ALLOWED, "last");
    }

    /// Guarantee: the highest word that can have a rule is read too.
    function test_LastWord() public {
        Player memory player = _player("f(uint8[31],uint8)", _rules("arg31 == 1"));
        bytes memory args = new bytes(31 * 32);
        _assertAllowed(player, bytes.concat(args, abi.encode(1)), "holds");
        _assertRefused(player, bytes.concat(args, abi.encode(2)), NOT_ALLOWED, "does not");
        _assertRefused(player, args, ISessionManager.ArgumentsTooShort.selector, "is missing");
    }

    /// Guarantee: all rules must hold, on one argument or several; which of them comes first does not matter.
    function test_AllMustHold() public {
        string[] memory rules = new string[](8);
        for (uint256 i; i < 8; ++i) {
            rules[i] = string.concat("arg", vm.toString(i / 2), i % 2 == 0 ? " >= 10" : " <= 20");
        }
        Player memory player = _player("f(uint8,uint8,uint8,uint8)", rules);
        _assertAllowed(player, abi.encode(10, 20, 15, 12), "all hold");
        for (uint256 i; i < 8; ++i) {
            uint256[4] memory words = [uint256(15), 15, 15, 15];
            words[i / 2] = i % 2 == 0 ? 9 : 21;
            _assertRefused(player, abi.encode(words), NOT_ALLOWED, "one does not");
        }
    }

    /// Guarantee: arguments that end before the word are refused, to the byte; nothing behind the call is read for them.
    function test_ArgumentsTooShort() public {
        Player memory player = _player("f(uint8,uint8)", _rules("arg1 <= 5"));
        bytes memory args = abi.encode(1, 0);
        for (uint256 length; length < 64; ++length) {
            _assertRefused(player, slice(args, 0, length), ISessionManager.ArgumentsTooShort.selector, "too short");
        }
        _assertAllowed(player, args, "just enough");
        _assertAllowed(player, bytes.concat(args, hex"ff"), "more than enough");
    }

    /// Guarantee: one refused call refuses its whole intent, wherever it stands, and no call of it happens.
    function test_OneCallRefusesTheIntent() public {
        Player memory player = _player("f(uint8)", _rules("arg0 <= 5"));
        Call memory good = _call(player, abi.encode(5));
        Call memory bad = _call(player, abi.encode(6));
        assertRejection(run(player, calls2(good, bad)), NOT_ALLOWED, "second");
        assertRejection(run(player, calls2(bad, good)), NOT_ALLOWED, "first");
        assertEq(_house.visits(), 0, "no visit");
        assertSuccess(run(player, calls2(good, good)), "both good");
        assertCell(player, 0, 2, "uses");
    }

    /// Guarantee: rules are of one permission: another function of the same contract has its own, or none.
    function test_RulesAreOfOnePermission() public {
        Player memory player = makeActivePlayer(
            1,
            termsOf(
                withRule(permissionOf(address(_house), "f(uint8)", 10), "arg0 <= 5"),
                withRule(permissionOf(address(_house), "g(uint8)", 10), "arg0 > 5")
            )
        );
        bytes4[2] memory selectors = [bytes4(keccak256("f(uint8)")), bytes4(keccak256("g(uint8)"))];
        for (uint256 i; i < 4; ++i) {
            uint256 number = 5 + i % 2;
            Call memory call = Call(address(_house), 0, abi.encodeWithSelector(selectors[i / 2], number));
            Result memory result = run(player, call);
            if (i / 2 == i % 2) assertSuccess(result, "holds");
            else assertRejection(result, NOT_ALLOWED, "does not");
        }
    }

    /// Guarantee: the order of what is checked: number of calls first, then rules, and the key's signature last.
    function test_OrderOfChecks() public {
        Permission memory permission = withRule(permissionOf(address(_house), "f(uint8)", 1), "arg0 <= 5");
        Player memory player = makeActivePlayer(1, termsOf(permission));
        Intent memory intent = makeIntent(player, _call(player, abi.encode(6)));
        bytes memory forged = encodeIntent(player, intent, new bytes(64));
        assertRejection(runEncoded(player, forged), NOT_ALLOWED, "before the signature");
        intent.calls[0] = _call(player, abi.encode(5));
        forged = encodeIntent(player, intent, new bytes(64));
        assertRejection(runEncoded(player, forged), ISessionManager.InvalidKeySignature.selector, "signature");
        assertSuccess(run(player, intent), "the one call");
        intent = makeIntent(player, _call(player, abi.encode(6)));
        assertRejection(run(player, intent), ISessionManager.CallLimitReached.selector, "before the rules");
    }
}

/// @notice The same for somebody else's accounts.
contract RulesOfForeignAccountTest is RulesTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
