// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {OpenHouse} from "../targets/OpenHouse.sol";
import {Token} from "../targets/Token.sol";

/// @notice Arguments travel without their leading zeros, or some of them; what is checked, charged and called is the same.
contract ExecuteArgumentsTest is Playground {
    OpenHouse private _house;

    function setUp() public override {
        super.setUp();
        _house = new OpenHouse();
    }

    function _activePlayer(Terms memory terms) private returns (Player memory player) {
        player = makePlayer(1, terms);
        grant(player);
        vm.deal(player.account, 10 ether);
    }

    function _permission(string memory signature) private view returns (Permission memory) {
        return permissionOf(address(_house), signature, 524_287);
    }

    /// @dev A call through the entry, with these arguments.
    function _call(Player memory player, uint256 entry, uint256 value, bytes memory args)
        private
        pure
        returns (Call memory)
    {
        Permission memory permission = player.session.terms.permissions[entry];
        return Call(permission.to, value, bytes.concat(bytes4(keccak256(bytes(permission.signature))), args));
    }

    /// @dev Signed by the key, with so many zeros left out.
    function _signed(Player memory player, Call memory call, uint256 zeros) private view returns (bytes memory) {
        bytes memory encoded = signed(player, makeIntent(player, call));
        uint256 end = encoded.length - encodeCall(player, call).length;
        return bytes.concat(slice(encoded, 0, end), encodeCall(player, call, zeros));
    }

    /// @return zeros That can be left out, at most.
    function _leadingZeros(bytes memory args) private pure returns (uint256 zeros) {
        while (zeros < 31 && zeros < args.length && args[zeros] == 0) {
            ++zeros;
        }
    }

    function _assertArrives(Player memory player, Call memory call, uint256 zeros) private {
        uint256 visits = _house.visits();
        assertSuccess(runEncoded(player, _signed(player, call, zeros)), "executed");
        assertEq(_house.visits(), visits + 1, "one call");
        assertEq(_house.dataHash(), keccak256(call.data), "with all its zeros");
        assertEq(_house.value(), call.value, "and its value");
    }

    function _assertRefused(Player memory player, Call memory call, uint256 zeros, bytes4 reason) private {
        bytes32 before = keccak256(abi.encode(manager.sessionOf(player.sessionId), meteredOf(player, 0)));
        uint256 visits = _house.visits();
        assertRejection(runEncoded(player, _signed(player, call, zeros)), reason, "refused");
        assertEq(_house.visits(), visits, "no call");
        assertEq(
            keccak256(abi.encode(manager.sessionOf(player.sessionId), meteredOf(player, 0))), before, "nothing used up"
        );
    }

    // ── What arrives ──────────────────────────────────────────────────────────

    /// behavior: any number of zeros may be left out, from none to as many as there are; the call is the same.
    function test_EveryNumberOfZeros() public {
        Player memory player = _activePlayer(termsOf(_permission("note(bytes)")));
        for (uint256 zeros; zeros < 32; ++zeros) {
            _assertArrives(player, _call(player, 0, 0, bytes.concat(new bytes(zeros), hex"0700ff")), zeros);
            _assertArrives(player, _call(player, 0, 0, new bytes(64)), zeros);
            // Nothing is given at all.
            _assertArrives(player, _call(player, 0, 0, new bytes(zeros)), zeros);
            _assertArrives(player, _call(player, 0, 0, new bytes(zeros)), zeros / 2);
        }
    }

    /// Guarantee: what was signed arrives, with and without value, whatever it is and however it travels.
    function testFuzz_Arrives(bytes memory args, uint8 zeros, uint8 left, uint64 value, bool valued) public {
        Permission memory paid = withValue(_permission("pay(bytes)"), 1 << 64, 1 << 64);
        Player memory player = _activePlayer(termsOf(_permission("note(bytes)"), paid));
        args = bytes.concat(new bytes(zeros % 70), args);
        Call memory call = _call(player, valued ? 1 : 0, valued ? value % 5 ether : 0, args);
        _assertArrives(player, call, left % (_leadingZeros(args) + 1));
        assertEq(meteredOf(player, 0), call.value, "value");
    }

    /// Guarantee: a lie about the zeros is another call, which nobody signed.
    function testFuzz_Lie(bytes memory args, uint8 zeros, uint8 lie) public {
        Player memory player = _activePlayer(termsOf(_permission("note(bytes)")));
        args = bytes.concat(new bytes(zeros % 40), args);
        Call memory call = _call(player, 0, 0, args);
        uint256 left = _leadingZeros(args);
        bytes memory encoded = _signed(player, call, left);
        uint256 position = encoded.length - encodeCall(player, call, left).length;
        encoded[position] = bytes1(lie << 3);
        Result memory result = runEncoded(player, encoded);
        if (lie % 32 == left) {
            assertSuccess(result, "the truth");
        } else {
            assertRejection(result, ISessionManager.InvalidKeySignature.selector, "a lie");
            assertEq(_house.visits(), 0, "no call");
        }
    }

    /// Guarantee: nor can bytes be taken for zeros: leaving out what is not zero is another call.
    function test_OnlyZerosAreLeftOut() public {
        Player memory player = _activePlayer(termsOf(_permission("note(bytes)")));
        Call memory call = _call(player, 0, 0, bytes.concat(hex"00000102", new bytes(36)));
        for (uint256 zeros = 3; zeros < 32; ++zeros) {
            _assertRefused(player, call, zeros, ISessionManager.InvalidKeySignature.selector);
        }
        _assertArrives(player, call, 2);
    }

    // ── What is checked ───────────────────────────────────────────────────────

    /// @dev One range; several; two rules; a signed number; and one range behind a value.
    function _ruled() private returns (Player memory) {
        Terms memory terms;
        terms.permissions = new Permission[](5);
        terms.permissions[0] = withRule(_permission("a(uint256)"), "arg0 in 5..1000");
        terms.permissions[1] = withRule(_permission("b(uint256)"), "arg0 in {0, 7, 256, 65536}");
        terms.permissions[2] = withRule(withRule(_permission("c(uint256)"), "arg0 <= 65535"), "arg0 != 256");
        terms.permissions[3] = withRule(_permission("d(int256)"), "arg0 in -1..256");
        terms.permissions[4] = withRule(withValue(_permission("e(uint256)"), 1 ether, 9 ether), "arg0 in 5..1000");
        return _activePlayer(terms);
    }

    function _isAllowed(uint256 entry, uint256 word) private pure returns (bool) {
        if (entry == 1) return word == 0 || word == 7 || word == 256 || word == 65536;
        if (entry == 2) return word <= 65535 && word != 256;
        if (entry == 3) return word <= 256 || word == type(uint256).max;
        return word >= 5 && word <= 1000;
    }

    function _assertRuled(Player memory player, uint256 entry, uint256 word, uint256 zeros) private {
        // Bytes in front of the argument that must not be read for it: all ones, if the call has a value.
        uint256 value = entry == 4 && meteredOf(player, 0) < 4 ether ? 0xffffffffffff : 0;
        Call memory call = _call(player, entry, value, abi.encode(word));
        if (_isAllowed(entry, word)) _assertArrives(player, call, zeros);
        else _assertRefused(player, call, zeros, ISessionManager.ArgumentNotAllowed.selector);
    }

    /// Guarantee: rules read the whole argument, with the zeros that were left out, and nothing of what stands before it.
    function test_RulesReadZeros() public {
        Player memory player = _ruled();
        uint256[15] memory words = [
            uint256(0),
            4,
            5,
            7,
            255,
            256,
            257,
            1000,
            1001,
            65535,
            65536,
            5 << 248,
            1 << 255,
            type(uint256).max - 1,
            type(uint256).max
        ];
        for (uint256 i; i < words.length; ++i) {
            uint256 zeros = _leadingZeros(abi.encode(words[i]));
            for (uint256 entry; entry < 5; ++entry) {
                _assertRuled(player, entry, words[i], zeros);
                _assertRuled(player, entry, words[i], zeros / 2);
                if (entry == 4) _assertRuled(player, entry, words[i], 0);
            }
        }
    }

    /// Guarantee: the same for any argument.
    function testFuzz_RulesReadZeros(uint256 word, uint8 shift, uint8 zeros, uint8 entry) public {
        Player memory player = _ruled();
        word >>= shift;
        _assertRuled(player, entry % 5, word, zeros % (_leadingZeros(abi.encode(word)) + 1));
    }

    /// Guarantee: zeros that are left out count for the length of the arguments, to the byte.
    function test_TooShort() public {
        Terms memory terms =
            termsOf(withRule(_permission("a(uint256)"), "arg0 <= 9"), withRule(_permission("b(uint256)"), "arg0 != 9"));
        withRule(terms.permissions[1], "arg0 != 10");
        Player memory player = _activePlayer(terms);
        for (uint256 entry; entry < 2; ++entry) {
            for (uint256 length; length < 32; ++length) {
                Call memory short = _call(player, entry, 0, new bytes(length));
                _assertRefused(player, short, length, ISessionManager.ArgumentsTooShort.selector);
                _assertRefused(player, short, 0, ISessionManager.ArgumentsTooShort.selector);
            }
            for (uint256 zeros; zeros < 32; ++zeros) {
                _assertArrives(player, _call(player, entry, 0, new bytes(32)), zeros);
            }
        }
    }

    /// Guarantee: rules on later arguments read those, however much of the first was left out.
    function test_LaterArguments() public {
        Player memory player = _activePlayer(
            termsOf(
                withRule(_permission("a(uint256,uint256)"), "arg1 in 5..1000"),
                withRule(withRule(_permission("b(uint256,uint256)"), "arg1 in 5..1000"), "arg0 <= 1")
            )
        );
        for (uint256 zeros; zeros < 32; ++zeros) {
            for (uint256 entry; entry < 2; ++entry) {
                _assertArrives(player, _call(player, entry, 0, abi.encode(1, 5)), zeros);
                _assertRefused(
                    player,
                    _call(player, entry, 0, abi.encode(1, 1001)),
                    zeros,
                    ISessionManager.ArgumentNotAllowed.selector
                );
                Call memory short = _call(player, entry, 0, new bytes(63));
                _assertRefused(player, short, zeros, ISessionManager.ArgumentsTooShort.selector);
            }
        }
    }

    // ── What is charged ───────────────────────────────────────────────────────

    /// Guarantee: sums add up the whole argument, and value beside it, to the last unit.
    function testFuzz_Sums(uint32[5] memory numbers, uint8[5] memory zeros, uint64[5] memory values) public {
        Player memory player = _activePlayer(
            termsOf(withRule(withValue(_permission("a(uint256)"), 1 ether, 2 ether), "sum(arg0) <= 10000000000"))
        );
        uint256 sum;
        uint256 spent;
        for (uint256 i; i < 5; ++i) {
            uint256 value = values[i] % 1.2 ether;
            Call memory call = _call(player, 0, value, abi.encode(numbers[i]));
            uint256 left = zeros[i] % (_leadingZeros(abi.encode(numbers[i])) + 1);
            if (value > 1 ether) {
                _assertRefused(player, call, left, ISessionManager.ValuePerCallExceeded.selector);
            } else if (spent + value > 2 ether) {
                _assertRefused(player, call, left, ISessionManager.ValueLimitReached.selector);
            } else if (sum + numbers[i] > 10_000_000_000) {
                _assertRefused(player, call, left, ISessionManager.ArgumentSumReached.selector);
            } else {
                _assertArrives(player, call, left);
                sum += numbers[i];
                spent += value;
            }
            assertMeter(player, 0, spent, 0, 0);
            assertMeter(player, 1, sum, 0, 0);
        }
    }

    /// Guarantee: a token's amounts are read where they are, however much of the receiver's address was left out.
    function test_TokenAmounts() public {
        Token token = new Token();
        Terms memory terms = termsOf(
            permissionOf(address(token), "transfer(address,uint256)", 1000),
            permissionOf(address(token), "approve(address,uint256)", 1000)
        );
        Player memory player = _activePlayer(withSpendLimit(terms, SpendLimit(address(token), 1000, 0, 0)));
        token.mint(player.account, 5000);
        address friend = address(0x10001);
        uint256 moved;
        for (uint256 zeros; zeros < 30; ++zeros) {
            Call memory call = Call(address(token), 0, abi.encodeCall(IERC20.transfer, (friend, zeros)));
            assertSuccess(runEncoded(player, _signed(player, call, zeros)), "transfer");
            moved += zeros;
            assertMeter(player, 7, moved, 0, 0);
        }
        assertEq(token.balanceOf(friend), moved, "received");
        Call memory approval = Call(address(token), 0, abi.encodeCall(IERC20.approve, (friend, 1000 - moved)));
        assertSuccess(runEncoded(player, _signed(player, approval, 29)), "approve");
        assertMeter(player, 7, 1000, 0, 0);
        Call memory more = Call(address(token), 0, abi.encodeCall(IERC20.transfer, (friend, 1)));
        assertRejection(
            runEncoded(player, _signed(player, more, 29)), ISessionManager.SpendLimitReached.selector, "one more"
        );
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteArgumentsOfForeignAccountTest is ExecuteArgumentsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
