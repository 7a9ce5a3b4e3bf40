// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {HostileToken, MaskingToken, Thief} from "../targets/HostileToken.sol";
import {Token} from "../targets/Token.sol";

/// @notice Tokens that do not behave like OpenZeppelin's, under a limit of 100.
contract ExecuteHostileTokensTest is Playground {
    /// @dev Of the hostile token, and of the good one beside it.
    uint256 private constant METER = 7;
    uint256 private constant GOOD_METER = 6;

    HostileToken private _token;
    Token private _good;
    Thief private _thief;
    address private _friend = address(0xf41e4d);

    function setUp() public override {
        super.setUp();
        (_token, _good, _thief) = (new HostileToken(), new Token(), new Thief());
    }

    function _player(uint32 period, uint112 perPeriod) private returns (Player memory player) {
        Terms memory terms;
        terms.permissions = new Permission[](5);
        terms.permissions[0] = permissionOf(address(_token), "transfer(address,uint256)", 100);
        terms.permissions[1] = permissionOf(address(_token), "approve(address,uint256)", 100);
        terms.permissions[2] = permissionOf(address(_token), "burn(uint256)", 100);
        terms.permissions[3] = permissionOf(address(_good), "transfer(address,uint256)", 100);
        terms.permissions[4] = permissionOf(address(target), "hit(uint256)", 100);
        terms = withSpendLimit(terms, SpendLimit(address(_token), 100, period, perPeriod));
        player = makePlayer(1, withSpendLimit(terms, SpendLimit(address(_good), 100, 0, 0)));
        player.session.validUntil = clock() + 1 days;
        grant(player);
        _token.mint(player.account, 1000);
        _good.mint(player.account, 1000);
    }

    function _player() private returns (Player memory) {
        return _player(0, 0);
    }

    function _transfer(uint256 amount) private view returns (Call memory) {
        return Call(address(_token), 0, abi.encodeCall(IERC20.transfer, (_friend, amount)));
    }

    function _burn(uint256 amount) private view returns (Call memory) {
        return Call(address(_token), 0, abi.encodeCall(ERC20Burnable.burn, (amount)));
    }

    function _transferGood(uint256 amount) private view returns (Call memory) {
        return Call(address(_good), 0, abi.encodeCall(IERC20.transfer, (_friend, amount)));
    }

    /// Guarantee: what a call names counts, though the token says that it did nothing.
    function test_ReturnsFalse() public {
        Player memory player = _player();
        _token.setHow(_token.RETURNS_FALSE());
        assertSuccess(run(player, _transfer(60)), "it did not revert");
        assertEq(_token.balanceOf(_friend), 0, "nothing moved");
        assertMeter(player, METER, 60, 0, 0);
        assertRejection(run(player, _transfer(41)), ISessionManager.SpendLimitReached.selector, "101 named");
    }

    /// behavior: a token that returns nothing at all is as good as any.
    function test_ReturnsNothing() public {
        Player memory player = _player();
        _token.setHow(_token.RETURNS_NOTHING());
        assertSuccess(run(player, calls2(_transfer(60), _transfer(40))), "100");
        assertEq(_token.balanceOf(_friend), 100, "received");
        assertMeter(player, METER, 100, 0, 0);
        assertRejection(run(player, _transfer(1)), ISessionManager.SpendLimitReached.selector, "one more");
    }

    /// Guarantee: what others take while the token tells them of a transfer counts with it; beyond the limit, all is undone.
    function test_HookTakesMore() public {
        Player memory player = _player();
        operate(player, address(_token), abi.encodeCall(IERC20.approve, (address(_thief), 1000)));
        _token.prepareCallback(address(_thief), abi.encodeCall(Thief.take, (_token, player.account, 50)));
        assertSuccess(run(player, _transfer(10)), "60 are gone");
        assertTrue(_token.called(), "taken");
        assertMeter(player, METER, 60, 0, 0);
        assertFailure(run(player, _transfer(10)), ISessionManager.SpendLimitReached.selector, "120");
        assertEq(_token.balanceOf(player.account), 940, "undone");
        assertMeter(player, METER, 60, 0, 0);
    }

    /// Guarantee: whoever is told of a transfer gets no further intent executed within it, and ends the session at once.
    function test_HookReenters() public {
        Player memory player = _player();
        Intent memory next = makeIntent(player, _transfer(10));
        next.sequence = 1;
        bytes memory held = section(player, one(signed(player, next)));
        _token.prepareCallback(address(manager), abi.encodeCall(manager.execute, (held)));
        assertSuccess(run(player, _transfer(10)), "the first");
        assertTrue(!_token.called(), "refused");
        assertMeter(player, METER, 10, 0, 0);

        _token.prepareCallback(
            address(manager), abi.encodeCall(manager.revokeByKey, (identityOf(player), signRevocation(player)))
        );
        assertSuccess(run(held)[0], "the second, which ends it");
        assertTrue(_token.called(), "ended");
        assertRejection(run(player, _transfer(1)), ISessionManager.RevokedSession.selector, "the third");
        assertMeter(player, METER, 20, 0, 0);
        assertEq(_token.balanceOf(_friend), 20, "received");
    }

    /// error: where the session and the period leave the same, it is the session's limit that is reached.
    function test_ReasonWhereBothLimitsAreReached() public {
        Player memory player = _player(1 hours, 100);
        assertFailure(run(player, _burn(101)), ISessionManager.SpendLimitReached.selector, "both");
        player = _player(1 hours, 99);
        assertFailure(run(player, _burn(101)), ISessionManager.SpendPeriodLimitReached.selector, "the period's first");
    }

    /// Guarantee: balances that shrink within an intent were lost in it; those that grow make no room.
    function test_Rebasing() public {
        Player memory player = _player();
        _token.prepareCallback(address(_token), abi.encodeCall(_token.rebase, (50)));
        assertFailure(run(player, _transfer(10)), ISessionManager.SpendLimitReached.selector, "half of all");
        assertEq(_token.balanceOf(player.account), 1000, "undone");
        _token.prepareCallback(address(_token), abi.encodeCall(_token.rebase, (300)));
        assertSuccess(run(player, _transfer(60)), "grown");
        assertMeter(player, METER, 60, 0, 0);
        assertRejection(run(player, _transfer(41)), ISessionManager.SpendLimitReached.selector, "no room");
        _token.prepareCallback(address(0), "");
        _token.rebase(1);
        assertSuccess(run(player, _transfer(10)), "between intents, nobody spent it");
        assertMeter(player, METER, 70, 0, 0);
    }

    /// Guarantee: a token that lies about balances harms its own holders only: what calls name counts, and other tokens'
    /// limits hold.
    function test_LiesAboutBalances() public {
        Player memory player = _player();
        _token.setHow(_token.LIES());
        assertSuccess(run(player, calls2(_transfer(60), _transferGood(60))), "60 each");
        assertSuccess(run(player, _burn(500)), "what only the token knows");
        assertRejection(run(player, _transfer(41)), ISessionManager.SpendLimitReached.selector, "named");
        assertRejection(
            run(player, calls2(_burn(1), _transferGood(41))), ISessionManager.SpendLimitReached.selector, "the other"
        );
        assertMeter(player, METER, 60, 0, 0);
        assertMeter(player, GOOD_METER, 60, 0, 0);
        assertEq(_good.balanceOf(_friend), 60, "received");
    }

    /// Guarantee: a token that cannot be read stops the sessions that spend it, and no others.
    function test_GoneToken() public {
        Player memory player = _player();
        Player memory other = makeActivePlayer(2);
        bytes memory item = signed(player, makeIntent(player, Call(address(target), 0, hit(1))));
        vm.etch(address(_token), "");
        Result[] memory results = run(
            bytes.concat(section(player, one(item)), section(other, one(signed(other, makeIntent(other, hit(2))))))
        );
        assertFailure(results[0], ISessionManager.SpendNotMeasurable.selector, "not measurable");
        assertSuccess(results[1], "somebody else");
        assertRejection(run(player, _transfer(1)), ISessionManager.TargetHasNoCode.selector, "nothing to call");
    }

    /// Guarantee: allowances that nobody uses add up over the periods like spending: within each, and to the total.
    function test_AllowancesOverPeriods() public {
        Player memory player = _player(1 hours, 40);
        bytes4 reason;
        for (uint256 i; i < 5; ++i) {
            address spender = address(uint160(0x50000 + i));
            Call memory call = Call(address(_token), 0, abi.encodeCall(IERC20.approve, (spender, 40)));
            reason = i < 2 ? bytes4(0) : ISessionManager.SpendLimitReached.selector;
            Result memory result = run(player, call);
            if (i < 2) assertSuccess(result, "40 more");
            else assertRejection(result, reason, "120 in all");
            if (i < 2) {
                reason = ISessionManager.SpendPeriodLimitReached.selector;
                call.data = abi.encodeCall(IERC20.approve, (_friend, 1));
                assertRejection(run(player, call), reason, "one more in the period");
            }
            vm.warp(clock() + 1 hours);
        }
        assertMeter(player, METER, 80, 1, 40);
    }

    /// Guarantee: an address with bits that are none of an address is read as old tokens read it, so that what it may take
    /// is counted.
    function test_DirtySpender() public {
        MaskingToken token = new MaskingToken();
        Terms memory terms = termsOf(permissionOf(address(token), "approve(address,uint256)", 100));
        Player memory player = makePlayer(2, withSpendLimit(terms, SpendLimit(address(token), 100, 0, 0)));
        grant(player);
        bytes memory args = abi.encode(uint256(uint160(_friend)) | (0xbad << 160), 60);
        Call memory call = Call(address(token), 0, bytes.concat(IERC20.approve.selector, args));
        assertSuccess(run(player, call), "60");
        assertEq(token.allowance(player.account, _friend), 60, "allowed");
        assertMeter(player, METER, 60, 0, 0);
        assertRejection(run(player, call), ISessionManager.SpendLimitReached.selector, "120");
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteHostileTokensOfForeignAccountTest is ExecuteHostileTokensTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
