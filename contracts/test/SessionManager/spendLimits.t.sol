// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Approval, Spend} from "../../src/types/Spend.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {FeeToken} from "../targets/OddToken.sol";
import {Shop} from "../targets/Shop.sol";
import {Token} from "../targets/Token.sol";

/// @notice What a session may spend of OpenZeppelin's ERC-20, by whatever call: 100 in all, 40 an hour.
contract SpendLimitsTest is Playground {
    bytes4 private constant TOTAL = ISessionManager.SpendLimitReached.selector;
    bytes4 private constant PERIOD = ISessionManager.SpendPeriodLimitReached.selector;
    /// @dev Of the first spend limit.
    uint256 private constant METER = 7;

    Token internal token;
    Shop internal shop;
    address internal friend = address(0xf41e4d);

    function setUp() public override {
        super.setUp();
        token = new Token();
        shop = new Shop();
    }

    /// @dev All token functions, and the shop, with 100 to spend, of which `perPeriod` (if not 0) an hour.
    function _terms(uint112 perPeriod) internal view returns (Terms memory terms) {
        terms.permissions = new Permission[](8);
        terms.permissions[0] = permissionOf(address(token), "transfer(address,uint256)", 100);
        terms.permissions[1] = permissionOf(address(token), "transferFrom(address,address,uint256)", 100);
        terms.permissions[2] = permissionOf(address(token), "approve(address,uint256)", 100);
        terms.permissions[3] = permissionOf(address(token), "increaseAllowance(address,uint256)", 100);
        terms.permissions[4] = permissionOf(address(token), "burn(uint256)", 100);
        terms.permissions[5] = permissionOf(address(shop), "buy(address,uint256)", 100);
        terms.permissions[6] = permissionOf(address(shop), "buyAndRefund(address,uint256,uint256)", 100);
        terms.permissions[7] = permissionOf(address(shop), "fail()", 100);
        return withSpendLimit(terms, SpendLimit(address(token), 100, perPeriod == 0 ? 0 : 1 hours, perPeriod));
    }

    /// @dev A player with a thousand tokens.
    function _player(uint112 perPeriod) internal returns (Player memory player) {
        player = makePlayer(1, _terms(perPeriod));
        player.session.validUntil = clock() + 1 days;
        grant(player);
        token.mint(player.account, 1000);
    }

    function _transfer(uint256 amount) internal view returns (Call memory) {
        return Call(address(token), 0, abi.encodeCall(IERC20.transfer, (friend, amount)));
    }

    function _approve(uint256 amount) internal view returns (Call memory) {
        return Call(address(token), 0, abi.encodeCall(IERC20.approve, (address(shop), amount)));
    }

    function _buy(uint256 price) internal view returns (Call memory) {
        return Call(address(shop), 0, abi.encodeCall(Shop.buy, (token, price)));
    }

    function _burn(uint256 amount) internal view returns (Call memory) {
        return Call(address(token), 0, abi.encodeCall(ERC20Burnable.burn, (amount)));
    }

    function _assertSpent(Player memory player, uint256 total, string memory what) internal view {
        assertEq(meteredOf(player, METER), total, what);
    }

    // ── Transfers ─────────────────────────────────────────────────────────────

    /// Guarantee: transfers add up to the limit and not one more, over the calls of an intent and over intents.
    function test_Transfer() public {
        Player memory player = _player(0);
        assertRejection(run(player, _transfer(101)), TOTAL, "101 at once");
        assertSuccess(run(player, calls2(_transfer(30), _transfer(30))), "60");
        assertMeter(player, METER, 60, 0, 0);
        assertRejection(run(player, _transfer(41)), TOTAL, "101");
        assertRejection(run(player, calls2(_transfer(20), _transfer(21))), TOTAL, "101 in two calls");
        assertRejection(run(player, _transfer(type(uint256).max)), TOTAL, "everything");
        assertSuccess(run(player, _transfer(40)), "100");
        assertRejection(run(player, _transfer(1)), TOTAL, "one more");
        assertSuccess(run(player, _transfer(0)), "nothing");
        assertEq(token.balanceOf(friend), 100, "received");
        _assertSpent(player, 100, "metered");
        assertCell(player, 0, 4, "calls");
    }

    /// Guarantee: a rule on a transfer holds besides the limit, and does not stand for it.
    function test_TransferWithRule() public {
        Terms memory terms =
            termsOf(withRule(permissionOf(address(token), "transfer(address,uint256)", 100), "arg1 <= 101"));
        Player memory player = makeActivePlayer(1, withSpendLimit(terms, SpendLimit(address(token), 100, 0, 0)));
        token.mint(player.account, 1000);
        assertRejection(run(player, _transfer(102)), ISessionManager.ArgumentNotAllowed.selector, "the rule");
        assertRejection(run(player, _transfer(101)), TOTAL, "the limit");
        assertSuccess(run(player, _transfer(100)), "within both");
        _assertSpent(player, 100, "metered");
    }

    /// Guarantee: the same in each period of the limit, counted from the session's start.
    function test_PerPeriod() public {
        Player memory player = _player(40);
        uint40 start = player.session.validAfter;
        assertRejection(run(player, _transfer(41)), PERIOD, "41");
        assertSuccess(run(player, calls2(_transfer(15), _burn(25))), "40");
        assertMeter(player, METER, 40, 0, 40);
        vm.warp(start + 1 hours - 1);
        assertRejection(run(player, _transfer(1)), PERIOD, "in the last second");
        assertFailure(run(player, _burn(1)), PERIOD, "measured");
        vm.warp(start + 1 hours);
        assertFailure(run(player, calls2(_transfer(15), _burn(26))), PERIOD, "41 in the next");
        assertSuccess(run(player, calls2(_transfer(15), _burn(25))), "40 in the next");
        assertMeter(player, METER, 80, 1, 40);
        vm.warp(start + 6 hours);
        assertFailure(run(player, _burn(21)), TOTAL, "101 in all, measured");
        assertRejection(run(player, _transfer(21)), TOTAL, "101 in all");
        assertSuccess(run(player, _burn(20)), "100 in all");
        assertMeter(player, METER, 100, 6, 20);
    }

    /// Guarantee: what the account may take from others is limited by what it names, though it loses nothing.
    function test_TransferFrom() public {
        Player memory player = _player(0);
        token.mint(stranger, 1000);
        vm.prank(stranger);
        token.approve(player.account, 1000);
        Call memory call = Call(address(token), 0, abi.encodeCall(IERC20.transferFrom, (stranger, friend, 60)));
        assertSuccess(run(player, call), "60");
        _assertSpent(player, 60, "named");
        assertRejection(run(player, call), TOTAL, "120");
        call.data = abi.encodeCall(IERC20.transferFrom, (stranger, player.account, 40));
        assertSuccess(run(player, call), "even to itself");
        _assertSpent(player, 100, "named");
        assertEq(token.balanceOf(player.account), 1040, "received");
    }

    /// Guarantee: what comes in does not make room: a transfer counts in full, even to the account itself.
    function test_IncomeMakesNoRoom() public {
        Player memory player = _player(0);
        Call memory toItself = Call(address(token), 0, abi.encodeCall(IERC20.transfer, (player.account, 50)));
        assertSuccess(run(player, calls2(toItself, toItself)), "100 in a circle");
        _assertSpent(player, 100, "named");
        assertRejection(run(player, toItself), TOTAL, "one more");
    }

    // ── Measured ──────────────────────────────────────────────────────────────

    /// Guarantee: what the account lost counts, whoever moved it: a burn, or a contract with an allowance from long ago.
    function test_Outflow() public {
        Player memory player = _player(0);
        operate(player, address(token), abi.encodeCall(IERC20.approve, (address(shop), type(uint256).max)));
        assertSuccess(run(player, _buy(30)), "30");
        _assertSpent(player, 30, "bought");
        assertSuccess(run(player, _burn(30)), "60");
        _assertSpent(player, 60, "burnt");
        assertFailure(run(player, _buy(41)), TOTAL, "101");
        assertFailure(run(player, calls2(_buy(20), _burn(21))), TOTAL, "101 in two calls");
        assertFailure(run(player, calls2(_transfer(20), _buy(21))), TOTAL, "101, partly named");
        assertEq(token.balanceOf(player.account), 940, "all undone");
        _assertSpent(player, 60, "nothing counted");
        assertSuccess(run(player, calls2(_transfer(20), _buy(20))), "100, partly named");
        assertFailure(run(player, _burn(1)), TOTAL, "one more");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 7, "failures use their sequence");
    }

    /// behavior: what comes back within an intent was not lost; what comes back later makes no room.
    function test_Refund() public {
        Player memory player = _player(0);
        operate(player, address(token), abi.encodeCall(IERC20.approve, (address(shop), type(uint256).max)));
        Call memory call = Call(address(shop), 0, abi.encodeCall(Shop.buyAndRefund, (token, 150, 70)));
        assertSuccess(run(player, call), "80 net");
        _assertSpent(player, 80, "net");
        assertFailure(run(player, call), TOTAL, "160");
        token.mint(player.account, 1000);
        assertFailure(run(player, _burn(21)), TOTAL, "income between intents");
    }

    /// Guarantee: a token that takes more than it was told is measured by what it takes.
    function test_FeeOnTransfer() public {
        token = new FeeToken();
        Player memory player = _player(0);
        assertSuccess(run(player, _transfer(50)), "50 and a fee of 5");
        _assertSpent(player, 55, "with the fee");
        assertRejection(run(player, _transfer(46)), TOTAL, "more than is left");
        assertFailure(run(player, _transfer(45)), TOTAL, "the fee exceeds the limit");
        assertSuccess(run(player, _transfer(40)), "40 and a fee of 4");
        _assertSpent(player, 99, "with the fee");
    }

    // ── Allowances ────────────────────────────────────────────────────────────

    /// Guarantee: what is approved counts as spent as far as it is left, so that nobody can take more than the limit later.
    function test_Approve() public {
        Player memory player = _player(0);
        assertRejection(run(player, _approve(101)), TOTAL, "101");
        assertEq(token.allowance(player.account, address(shop)), 0, "undone");
        assertRejection(run(player, _approve(type(uint256).max)), TOTAL, "everything");
        assertSuccess(run(player, _approve(60)), "60");
        _assertSpent(player, 60, "approved");
        assertRejection(run(player, _approve(41)), TOTAL, "101 in all");
        assertSuccess(run(player, _approve(40)), "100 in all");
        assertRejection(run(player, _approve(1)), TOTAL, "one more");
        assertSuccess(run(player, _approve(0)), "taking back is free");
        _assertSpent(player, 100, "but makes no room");
    }

    /// Guarantee: increasing allowances counts too, each increase.
    function test_IncreaseAllowance() public {
        Player memory player = _player(0);
        Call memory call = Call(address(token), 0, abi.encodeCall(Token.increaseAllowance, (address(shop), 50)));
        assertSuccess(run(player, call), "50");
        _assertSpent(player, 50, "first");
        assertSuccess(run(player, call), "100");
        _assertSpent(player, 100, "second");
        assertRejection(run(player, call), TOTAL, "150");
        assertEq(token.allowance(player.account, address(shop)), 100, "not raised");
        assertRejection(run(_player(0), calls2(call, _approve(60))), TOTAL, "both kinds in one intent");
    }

    /// behavior: what is approved and taken in one intent counts once; what is left of it counts with it.
    function test_ApproveAndBuy() public {
        Player memory player = _player(0);
        assertSuccess(run(player, calls2(_approve(30), _buy(30))), "used up");
        _assertSpent(player, 30, "once");
        assertSuccess(run(player, calls2(_approve(40), _buy(10))), "partly used");
        _assertSpent(player, 70, "10 taken and 30 left");
        assertRejection(run(player, calls2(_approve(50), _buy(19))), TOTAL, "19 taken and 31 left");
    }

    /// Guarantee: what an intent allows and then no longer allows counts as taken, though it was given back, or as much came
    /// in: nobody hides what they took behind what they gave.
    function test_ApprovedAndGone() public {
        Player memory player = _player(0);
        assertSuccess(run(player, calls2(_approve(20), _approve(0))), "taken back by the calls themselves");
        _assertSpent(player, 20, "as if it had been used");
        Call memory refunding = Call(address(shop), 0, abi.encodeCall(Shop.buyAndRefund, (token, 50, 50)));
        assertSuccess(run(player, calls2(_approve(50), refunding)), "bought and refunded");
        _assertSpent(player, 70, "as if it had not been refunded");
        token.mint(address(shop), 1000);
        Call memory generous = Call(address(shop), 0, abi.encodeCall(Shop.buyAndRefund, (token, 31, 500)));
        assertRejection(run(player, calls2(_approve(31), generous)), TOTAL, "31 taken, whatever came in");
        assertSuccess(run(player, calls2(_approve(30), _transfer(0))), "what is left");
        _assertSpent(player, 100, "in all");
        assertRejection(run(player, calls2(_approve(1), _approve(0))), TOTAL, "one more");
    }

    /// behavior: an allowance that is used later counts again when it is: the manager cannot tell whose it was.
    function test_ApprovedThenBought() public {
        Player memory player = _player(0);
        assertSuccess(run(player, _approve(40)), "approved");
        _assertSpent(player, 40, "approved");
        assertSuccess(run(player, _buy(40)), "taken by a call of the session");
        _assertSpent(player, 80, "twice");
        vm.prank(address(shop));
        vm.expectRevert();
        token.transferFrom(player.account, friend, 1);
        assertSuccess(run(player, _approve(20)), "approved");
        vm.prank(address(shop));
        token.transferFrom(player.account, friend, 20);
        _assertSpent(player, 100, "taken between intents: once");
        assertEq(token.balanceOf(player.account), 940, "never more than the limit");
    }

    /// Guarantee: one intent cannot set allowances beyond the limit by setting many.
    function test_SeveralApprovals() public {
        Player memory player = _player(0);
        Call[] memory calls = new Call[](9);
        for (uint256 i; i < 9; ++i) {
            calls[i] = Call(address(token), 0, abi.encodeCall(IERC20.approve, (address(uint160(100_000 + i)), 12)));
        }
        Intent memory intent = makeIntent(player, calls);
        intent.callGas = 1_000_000;
        assertRejection(run(player, intent), ISessionManager.TooManyApprovals.selector, "nine");
        assembly ("memory-safe") {
            mstore(calls, 8)
        }
        intent.calls = calls;
        assertSuccess(run(player, intent), "eight");
        _assertSpent(player, 96, "together");
        calls[0].data = abi.encodeCall(IERC20.approve, (friend, 5));
        assertRejection(run(player, calls1(calls[0])), TOTAL, "the ninth, later");
        // Many huge ones do not come round.
        player = makePlayer(2, _terms(0));
        grant(player);
        for (uint256 i; i < 8; ++i) {
            calls[i].data = abi.encodeCall(IERC20.approve, (address(uint160(100_000 + i)), uint256(1) << 253));
        }
        intent = makeIntent(player, calls);
        intent.callGas = 1_000_000;
        assertRejection(run(player, intent), TOTAL, "2^256 in all");
    }

    // ── Several tokens, failures, arguments ───────────────────────────────────

    /// Guarantee: each token has its own limit, and all are measured whatever is called.
    function test_SeveralTokens() public {
        Token second = new Token();
        Terms memory terms = withSpendLimit(_terms(40), SpendLimit(address(second), 7, 0, 0));
        Player memory player = makePlayer(1, terms);
        grant(player);
        token.mint(player.account, 1000);
        second.mint(player.account, 1000);
        operate(player, address(second), abi.encodeCall(IERC20.approve, (address(shop), type(uint256).max)));
        Call memory buy = Call(address(shop), 0, abi.encodeCall(Shop.buy, (second, 7)));
        assertSuccess(run(player, calls2(buy, _transfer(30))), "both");
        assertMeter(player, METER, 30, 0, 30);
        assertMeter(player, METER - 1, 7, 0, 0);
        buy.data = abi.encodeCall(Shop.buy, (second, 1));
        assertFailure(run(player, calls2(_transfer(1), buy)), TOTAL, "the second token's");
        assertRejection(run(player, _transfer(11)), PERIOD, "the first token's");
        assertSuccess(run(player, _transfer(10)), "to its limit");
    }

    /// behavior: an intent that fails spends nothing, in no period; its allowances are undone as well.
    function test_FailureSpendsNothing() public {
        Player memory player = _player(40);
        Call memory failing = Call(address(shop), 0, abi.encodeCall(Shop.fail, ()));
        assertSuccess(run(player, _transfer(10)), "before");
        vm.warp(player.session.validAfter + 3 hours);
        Call[] memory calls = new Call[](3);
        (calls[0], calls[1], calls[2]) = (_transfer(10), _approve(10), failing);
        assertTrue(!run(player, calls).success, "failing");
        assertMeter(player, METER, 10, 0, 10);
        assertCell(player, 0, 1, "calls");
        assertEq(token.balanceOf(player.account), 990, "kept");
        assertEq(token.allowance(player.account, address(shop)), 0, "no allowance");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 2, "its sequence is used");
        assertSuccess(run(player, _transfer(40)), "all of the period");
    }

    /// Guarantee: token functions without all their arguments are refused, to the byte.
    function test_ArgumentsTooShort() public {
        Player memory player = _player(0);
        bytes[4] memory datas = [
            abi.encodeCall(IERC20.transfer, (friend, 0)),
            abi.encodeCall(IERC20.transferFrom, (stranger, friend, 0)),
            abi.encodeCall(IERC20.approve, (friend, 0)),
            abi.encodeCall(Token.increaseAllowance, (friend, 0))
        ];
        for (uint256 i; i < 4; ++i) {
            bytes memory shorter = slice(datas[i], 0, datas[i].length - 1);
            bytes4 reason = ISessionManager.ArgumentsTooShort.selector;
            assertRejection(run(player, Call(address(token), 0, shorter)), reason, "a byte short");
            assertSuccess(run(player, Call(address(token), 0, datas[i])), "complete");
        }
    }

    /// Guarantee: lanes and intents of a bundle spend from one limit.
    function test_LanesShareTheLimit() public {
        Player memory player = _player(0);
        bytes[] memory items = new bytes[](4);
        for (uint32 i; i < 4; ++i) {
            Intent memory intent = makeIntent(player, i % 2 == 0 ? _transfer(30) : _burn(30));
            intent.lane = i;
            items[i] = signed(player, intent);
        }
        Result[] memory results = run(section(player, items));
        for (uint256 i; i < 3; ++i) {
            assertSuccess(results[i], "within");
        }
        assertFailure(results[3], TOTAL, "the fourth");
        _assertSpent(player, 90, "metered");
    }

    /// Guarantee: whatever is transferred, burnt, approved and bought, and when: what left the account never exceeds the
    /// limits, nor does what others may still take with it.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_NeverMoreThanTheLimit(uint256 seed) public {
        Player memory player = _player(40);
        uint256 left = 1000;
        uint256 period;
        for (uint256 i; i < 10; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(clock() + (random >> 64) % 50 minutes);
            uint256 current = (clock() - player.session.validAfter) / 1 hours;
            if (current != period) (period, left) = (current, token.balanceOf(player.account));
            run(player, calls2(_any(random >> 8), _any(random >> 32)));
            uint256 balance = token.balanceOf(player.account);
            assertLe(left - balance, 40 + token.allowance(player.account, address(shop)), "in the period");
            assertLe(1000 - balance, meteredOf(player, METER), "metered");
            assertLe(meteredOf(player, METER), 100, "in all");
        }
        // Everybody takes what they may.
        uint256 rest = token.allowance(player.account, address(shop));
        vm.prank(address(shop));
        token.transferFrom(player.account, friend, rest);
        assertLe(1000 - token.balanceOf(player.account), 100, "with all allowances");
    }

    function _any(uint256 random) private view returns (Call memory) {
        uint256 amount = (random >> 4) % 30;
        return [_transfer(amount), _burn(amount), _approve(amount), _buy(amount)][random % 4];
    }

    /// Guarantee: the frame in which calls are measured is the manager's own, not a way to make an account call.
    function testFuzz_FrameIsTheManagersOwn(address caller) public {
        if (caller == address(manager)) return;
        Player memory player = _player(0);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, caller));
        manager.callMeasured(player.account, 100_000, hex"00378804", new Spend[](0), new Approval[](0));
    }
}

/// @notice The same for somebody else's accounts.
contract SpendLimitsOfForeignAccountTest is SpendLimitsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
