// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {UnboundedFunctions} from "../../src/types/UnboundedFunctions.sol";
import {TermsCompilerTest} from "./TermsCompilerTest.sol";

contract UnboundedTest is TermsCompilerTest {
    string[98] private signatures = [
        "allow(address,bool)",
        "allowBySig(address,address,bool,uint256,uint256,uint8,bytes32,bytes32)",
        "approve(address)",
        "approve(address,address,uint160,uint48)",
        "approve(address,uint256,bytes)",
        "approve(address,uint256,uint256)",
        "approveDelegation(address,uint256)",
        "approveMax(address)",
        "authorizeOperator(address)",
        "authorizeOperator(address,bytes32,bytes)",
        "authorizeOperator(address,uint256,bytes)",
        "authorizeOperatorByPartition(bytes32,address)",
        "delegate(address)",
        "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)",
        "delegationWithSig(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        "hope(address)",
        "increaseAllowance(address,uint256,bytes)",
        "increaseApproval(address,uint256)",
        "increaseApproval(address,uint256,bytes)",
        "safeApprove(address,uint256)",
        "safeIncreaseAllowance(address,uint256)",
        "setApprovalForAll(address,bool)",
        "setAuthorization(address,bool)",
        "setMasterContractApproval(address,address,bool,uint8,bytes32,bytes32)",
        "setOperator(address,bool)",
        "setRelayerApproval(address,address,bool)",
        "temporaryApprove(address,uint256)",
        "permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)",
        "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
        "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)",
        "permit(address,address,uint256,uint256,bytes)",
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        "permit(address,uint256,uint256,bytes)",
        "permit(address,uint256,uint256,uint256,bytes)",
        "permit(address,uint256,uint256,uint8,bytes32,bytes32)",
        "permitAndCall(bytes,bytes)",
        "permitForAll(address,address,bool,uint256,uint256,bytes)",
        "permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)",
        "permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)",
        "permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)",
        "permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)",
        "approveAndCall(address,uint256)",
        "approveAndCall(address,uint256,bytes)",
        "batchTransfer(address[],uint256)",
        "batchTransfer(address[],uint256[])",
        "increaseApprovalAndCall(address,uint256,bytes)",
        "move(address,address,uint256)",
        "multiTransfer(address[],uint256[])",
        "operatorSend(address,address,uint256,bytes,bytes)",
        "pull(address,uint256)",
        "push(address,uint256)",
        "safeTransfer(address,uint256)",
        "send(address,uint256,bytes)",
        "transfer(address,address,uint256,bool,bytes)",
        "transfer(address,uint256,bytes)",
        "transfer(address,uint256,bytes,string)",
        "transferAll(address)",
        "transferAllFrom(address,address)",
        "transferAndCall(address,uint256)",
        "transferAndCall(address,uint256,bytes)",
        "transferAndSettle(address,uint256)",
        "transferBatch(address[],address[],uint256[],bool[],bytes[])",
        "transferFrom((address,address,uint160,address)[])",
        "transferFrom(address,address,uint160,address)",
        "transferFrom(address,address,uint256,bytes)",
        "transferFromAndCall(address,address,uint256)",
        "transferFromAndCall(address,address,uint256,bytes)",
        "transferFromAndSettle(address,address,uint256)",
        "transferShares(address,uint256)",
        "transferSharesFrom(address,address,uint256)",
        "aggregate((address,bytes)[])",
        "aggregate3((address,bool,bytes)[])",
        "aggregate3Value((address,bool,uint256,bytes)[])",
        "batch((address,address,uint256,bytes)[])",
        "batch(bytes[],bool)",
        "blockAndAggregate((address,bytes)[])",
        "call(address,address,uint256,bytes)",
        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
        "execTransactionFromModule(address,uint256,bytes,uint8)",
        "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)",
        "execute((address,uint256,bytes)[])",
        "execute(address,bytes)",
        "execute(address,uint256,bytes)",
        "execute(address,uint256,bytes,uint8)",
        "execute(bytes,bytes[])",
        "execute(bytes,bytes[],uint256)",
        "execute(bytes32,bytes)",
        "execute(uint256,address,uint256,bytes)",
        "executeBatch((address,uint256,bytes)[])",
        "executeBatch(address[],bytes[])",
        "executeBatch(address[],uint256[],bytes[])",
        "executeBatch(uint256[],address[],uint256[],bytes[])",
        "executeFromExecutor(bytes32,bytes)",
        "multicall(bytes32,bytes[])",
        "multicall(bytes[])",
        "multicall(uint256,bytes[])",
        "tryAggregate(bool,(address,bytes)[])",
        "tryBlockAndAggregate(bool,(address,bytes)[])"
    ];

    /// error: functions that no limit bounds, each under the hash of its signature.
    function test_Refused() public {
        for (uint256 i; i < signatures.length; ++i) {
            expectRefused(
                termsOf(permissionOf(signatures[i])),
                abi.encodeWithSelector(ITermsCompiler.UnboundedFunction.selector, 0)
            );
        }
    }

    /// behavior: a function whose selector is zero is as good as any: the list ends where it ends.
    function test_SelectorZero() public view {
        bytes memory table = tableOf(termsOf(permissionOf("left_branch_block(uint32)")));
        assertEq(bytes4(slice(table, 22, 26)), bytes4(0), "selector");
    }

    /// behavior: nothing else is refused.
    function testFuzz_Others(uint32 selector) public view {
        bool isListed;
        for (uint256 i; i < signatures.length; ++i) {
            uint32 listed = uint32(bytes4(keccak256(bytes(signatures[i]))));
            isListed = isListed || listed == selector;
            // Near ones as well.
            assertTrue(!UnboundedFunctions.contains(uint256(listed) << 8), "shifted");
        }
        assertTrue(UnboundedFunctions.contains(selector) == isListed, "other");
    }
}
