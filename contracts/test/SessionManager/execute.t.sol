// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Delve} from "../../src/games/Delve.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Key, Permission, Session} from "../../src/types/Session.sol";
import {Playground} from "../Playground.sol";

contract ExecuteTest is Playground {
    /// behavior: one transaction creates the account, enables the session and moves.
    function test_GrantsAndMovesInOneBundle() public {
        _grantAndMove(P256);
        _grantAndMove(SECP256K1);
    }

    function _grantAndMove(uint8 scheme) private {
        uint256 ownerKey = OWNER_KEY + scheme;
        bytes32 policyId = publish(delvePermissions());
        address account = factory.getAddress(abi.encodePacked(vm.addr(ownerKey)));
        Key memory key = makeKey(scheme, SESSION_KEY);
        Session memory session = makeSession(account, policyId, key, new Permission[](0));
        (bytes memory table,,) = manager.packPermissions(delvePermissions());
        bytes32 sessionId = manager.sessionIdOf(identityOf(session, table));

        Intent memory intent;
        intent.account = account;
        intent.sessionId = sessionId;
        intent.calls = new Call[](1);
        intent.calls[0] = Call(address(delve), 0, abi.encodeCall(Delve.move, (1)));
        intent.expiry = uint40(block.timestamp) + 60;
        intent.callGas = 200_000;
        bytes memory signature = signAsKey(scheme, SESSION_KEY, manager.hashIntent(intent));
        bytes memory encoded = encodeIntent(intent, key, 0, signature, encodeCall(0, intent.calls[0].data));

        manager.execute(one(makeGrant(session, ownerKey)), encodeSection(policyId, 2, table, one(encoded)));

        assertTrue(delve.playerOf(account).joined, "joined");
        assertEq(manager.sessionOf(sessionId).status, 1, "status");
        assertEq(manager.sessionOf(sessionId).nextSequence, 1, "sequence");
        assertEq(manager.sessionOf(sessionId).uses[0], 1, "uses");
    }
}
