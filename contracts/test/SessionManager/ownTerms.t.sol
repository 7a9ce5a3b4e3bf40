// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {OwnerGrant, Player, Playground} from "../Playground.sol";
import {Token} from "../targets/Token.sol";

/// @notice Sessions that bring their own terms, within a policy's or without a policy.
contract OwnTermsTest is Playground {
    function _hit(uint32 maxCalls) private view returns (Permission memory) {
        return permissionOf(address(target), "hit(uint256)", maxCalls);
    }

    function _pay(uint32 maxCalls, uint112 perCall, uint112 total) private view returns (Permission memory) {
        return withValue(permissionOf(address(target), "pay(uint256)", maxCalls), perCall, total);
    }

    // ── Within a policy ───────────────────────────────────────────────────────

    /// behavior: a session may be narrower than its policy, and is then a session of its own, with its own table.
    function test_NarrowerThanThePolicy() public {
        Player memory player = makePlayer(1);
        bytes32 policysOwn = player.sessionId;
        useOwnTerms(player, termsOf(_pay(5, 0.5 ether, 0.6 ether), _hit(2)));
        assertTrue(player.sessionId != policysOwn, "another session");
        grant(player);
        assertSuccess(run(player, hit(1)), "first");
        assertSuccess(run(player, hit(2)), "second");
        assertRejection(run(player, hit(3)), ISessionManager.CallLimitReached.selector, "third");
        assertCell(player, 1, 2, "the second entry of its own table");
        assertEq(manager.sessionOf(policysOwn).status, 0, "the other is not granted");
    }

    /// behavior: rules, periods and spend limits may be added; the very terms of the policy are within it.
    function test_AddingLimits() public {
        Terms memory narrower = termsOf(withRule(withPeriod(_hit(1000), 60, 1, 0), "arg0 <= 5"));
        narrower = withSpendLimit(narrower, SpendLimit(address(new Token()), 1, 60, 1));
        Player memory player = makePlayer(1);
        useOwnTerms(player, narrower);
        assertGranted(player, makeGrant(player), "added");
        Player memory same = makePlayer(2);
        useOwnTerms(same, defaultTerms());
        assertGranted(same, makeGrant(same), "the same terms");
        assertRejection(run(player, hit(6)), ISessionManager.ArgumentNotAllowed.selector, "the added rule");
        assertSuccess(run(player, hit(5)), "within it");
        assertRejection(run(player, hit(5)), ISessionManager.CallPeriodLimitReached.selector, "the added period");
        assertSuccess(run(same, hit(6)), "without them");
    }

    /// Guarantee: a session is never wider than its policy, in any of its limits.
    function test_NeverWiderThanThePolicy() public {
        _assertOutside(termsOf(_hit(1001)), "calls");
        _assertOutside(termsOf(withValue(_hit(1), 1, 1)), "value");
        _assertOutside(termsOf(_pay(10, 1 ether + 1, 2 ether)), "value per call");
        _assertOutside(termsOf(_pay(10, 1 ether, 2 ether + 1)), "total value");
        _assertOutside(termsOf(permissionOf(address(target), "prepareCallback(address,bytes)", 1)), "function");
        _assertOutside(termsOf(permissionOf(address(0x123456), "hit(uint256)", 1)), "contract");
    }

    function _assertOutside(Terms memory terms, string memory what) private {
        Player memory player = makePlayer(1);
        useOwnTerms(player, terms);
        assertRefused(player, ITermsCompiler.PermissionOutsidePolicy.selector, what);
        player.policyTable = "";
        assertRefused(player, ISessionManager.TableMismatch.selector, "no table");
        player.policyTable = player.table;
        assertRefused(player, ISessionManager.TableMismatch.selector, "its own for the policy's");
    }

    /// Guarantee: nor in its periods, rules and spend limits.
    function test_NeverLooserThanThePolicy() public {
        SpendLimit memory limit = SpendLimit(address(new Token()), 100, 3600, 10);
        Permission memory ruled = withRule(withPeriod(_hit(100), 3600, 10, 0), "arg0 in 1..5");
        Terms memory policy = withSpendLimit(termsOf(ruled), limit);
        bytes4 permission = ITermsCompiler.PermissionOutsidePolicy.selector;
        bytes4 spend = ITermsCompiler.SpendLimitOutsidePolicy.selector;

        _assertOutsideOf(policy, withSpendLimit(termsOf(withRule(_hit(100), "arg0 in 1..5")), limit), permission);
        ruled = withRule(withPeriod(_hit(100), 3600, 11, 0), "arg0 in 1..5");
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), limit), permission);
        ruled = withRule(withPeriod(_hit(100), 3599, 10, 0), "arg0 in 1..5");
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), limit), permission);
        _assertOutsideOf(policy, withSpendLimit(termsOf(withPeriod(_hit(100), 3600, 10, 0)), limit), permission);
        ruled = withRule(withPeriod(_hit(100), 3600, 10, 0), "arg0 in 1..6");
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), limit), permission);

        ruled = withRule(withPeriod(_hit(100), 3600, 10, 0), "arg0 in {2, 4}");
        _assertOutsideOf(policy, termsOf(ruled), spend);
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), SpendLimit(limit.token, 101, 3600, 10)), spend);
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), SpendLimit(limit.token, 100, 3600, 11)), spend);
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), SpendLimit(limit.token, 100, 3601, 10)), spend);
        _assertOutsideOf(policy, withSpendLimit(termsOf(ruled), SpendLimit(limit.token, 10, 0, 0)), spend);

        Player memory player = makePlayer(1, policy);
        useOwnTerms(player, withSpendLimit(termsOf(ruled), SpendLimit(limit.token, 99, 3600, 9)));
        assertGranted(player, makeGrant(player), "within");
    }

    function _assertOutsideOf(Terms memory policy, Terms memory terms, bytes4 reason) private {
        Player memory player = makePlayer(1, policy);
        useOwnTerms(player, terms);
        assertRefused(player, reason, "outside");
    }

    /// Guarantee: a policy's pause ends its narrower sessions too, and its revokers may revoke them.
    function test_PolicyRulesItsNarrowerSessions() public {
        Player memory player = makePlayer(1);
        useOwnTerms(player, termsOf(_hit(2)));
        grant(player);
        vm.prank(revoker);
        manager.pause(player.session.policyId);
        assertRejection(run(player, hit(1)), IPolicyRegistry.PolicyIsPaused.selector, "paused");
        vm.prank(revoker);
        manager.revoke(identityOf(player));
        assertRejection(run(player, hit(1)), ISessionManager.RevokedSession.selector, "revoked");
    }

    // ── Without a policy ──────────────────────────────────────────────────────

    /// behavior: a session without a policy, which nobody but its owner and its key can end, lasts at most 30 days.
    function test_WithoutPolicy() public {
        Player memory player = makePlayer(1);
        useNoPolicy(player, defaultTerms());
        player.session.validUntil = clock() + 30 days + 1;
        assertRefused(player, ISessionManager.DurationTooLong.selector, "longer than 30 days");
        player.session.validUntil -= 1;
        grant(player);
        assertSuccess(run(player, hit(1)), "works");
        vm.prank(revoker);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, revoker));
        manager.revoke(identityOf(player));
        vm.warp(clock() + 30 days - 1);
        assertSuccess(run(player, hit(1)), "to the last second");
    }

    /// error: a session without a policy and without terms.
    function test_WithoutPolicyAndTerms() public {
        Player memory player = makePlayer(1);
        useNoPolicy(player, defaultTerms());
        OwnerGrant memory grant_ = makeGrant(player);
        grant_.terms = "";
        assertRefused(player, grant_, ISessionManager.TermsMissing.selector, "no terms");
    }

    /// Guarantee: no session for a contract that must never be called, not even without a policy.
    function test_ForbiddenTargets() public {
        Player memory player = makePlayer(1);
        address[15] memory targets = [
            address(0),
            address(1),
            address(0x100),
            address(0xffff),
            address(manager),
            address(compiler),
            manager.FACTORY(),
            manager.ACCOUNT_IMPLEMENTATION(),
            player.account,
            ENTRY_POINT,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789,
            0x000000000022D473030F116dDEE9F6B43aC78BA3,
            player.account
        ];
        for (uint256 i; i < targets.length; ++i) {
            useNoPolicy(player, termsOf(_hit(1), permissionOf(targets[i], "hit(uint256)", 1)));
            assertRefused(player, ITermsCompiler.ForbiddenTarget.selector, "target");
        }
    }

    /// Guarantee: what the compiler refuses is not granted, and the reason comes through.
    function test_RefusedTerms() public {
        Player memory player = makePlayer(1);
        useNoPolicy(player, termsOf(_hit(0)));
        assertRefused(player, ITermsCompiler.InvalidCallLimit.selector, "no calls");
        useNoPolicy(player, termsOf(_hit(1), _hit(1)));
        assertRefused(player, ITermsCompiler.DuplicatePermission.selector, "twice");
        useNoPolicy(player, termsOf(permissionOf(address(target), "setApprovalForAll(address,bool)", 1)));
        assertRefused(player, ITermsCompiler.UnboundedFunction.selector, "unbounded");
        useNoPolicy(player, termsOf(permissionOf(address(target), "transfer(address,uint256)", 1)));
        assertRefused(player, ITermsCompiler.SpendLimitMissing.selector, "token function");
        useNoPolicy(player, termsOf(_hit(1)));
        player.session.terms.permissions[0] = withRule(_hit(1), "arg0 < 0");
        assertRefused(player, ITermsCompiler.InvalidRule.selector, "rule");
    }

    /// Guarantee: the section's table is what the terms come to, to the bit.
    function testFuzz_TableIsOfTheTerms(uint256 position, uint8 bit) public {
        Player memory player = makePlayer(1);
        useNoPolicy(player, termsOf(withRule(_hit(7), "arg0 <= 5")));
        position = bound(position, 25, player.table.length - 1);
        // The number of rules and of ranges decide how far the table reaches.
        if (position == 30 || position == 32) position = 29;
        player.table[position] ^= bytes1(uint8(1 << (bit % 8)));
        refresh(player);
        assertRefused(player, ISessionManager.TableMismatch.selector, "table");
    }

    /// Guarantee: bytes that are no terms are granted to nobody, not even by the account itself, which needs no signature.
    function test_MalformedTerms() public {
        Player memory player = makeActivePlayer(1);
        useNoPolicy(player, termsOf(permissionOf(ENTRY_POINT, "withdrawTo(address,uint256)", 1)));
        OwnerGrant memory grant_ = unsignedGrant(player);
        bytes[4] memory malformed = [
            bytes(hex"00"),
            slice(grant_.terms, 0, grant_.terms.length - 64),
            abi.encode(type(uint256).max),
            bytes.concat(grant_.terms, new bytes(40_000))
        ];
        for (uint256 i; i < malformed.length; ++i) {
            grant_.terms = malformed[i];
            bytes memory sections = section(player, one(grantItem(player, grant_)));
            operate(player, address(manager), abi.encodeCall(manager.execute, (sections)));
            assertEq(manager.sessionOf(player.sessionId).status, 0, "granted without terms");
        }
    }

    /// Guarantee: the same for terms that are good, but whose reading takes more gas than is set aside for it.
    function test_EndlessTerms() public {
        Player memory player = makeActivePlayer(1);
        useNoPolicy(player, termsOf(permissionOf(ENTRY_POINT, "withdrawTo(address,uint256)", 1)));
        OwnerGrant memory grant_ = unsignedGrant(player);
        string memory value = vm.toString(type(uint256).max);
        string memory rule = string.concat("arg0 in {", value);
        for (uint256 i = 1; i < 16; ++i) {
            rule = string.concat(rule, ", ", value);
        }
        Terms memory terms = Terms(new Permission[](8), new SpendLimit[](0));
        for (uint256 i; i < 8; ++i) {
            terms.permissions[i] = permissionOf(address(uint160(0x10000 + i)), "hit(uint256)", 1);
            terms.permissions[i].rules = new string[](8);
            for (uint256 j; j < 8; ++j) {
                terms.permissions[i].rules[j] = string.concat(rule, "}");
            }
        }
        compiler.compile(terms);
        grant_.terms = abi.encode(terms);
        bytes memory sections = section(player, one(grantItem(player, grant_)));
        operate(player, address(manager), abi.encodeCall(manager.execute, (sections)));
        assertEq(manager.sessionOf(player.sessionId).status, 0, "granted without terms");
    }
}

/// @notice The same for somebody else's accounts.
contract OwnTermsOfForeignAccountTest is OwnTermsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
