// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Functions that no limit of a session could bound, by selector, whatever contract they are of.
/// @dev Tokens, and what is like a token, are their only subject: any contract may give away what it keeps under a name
/// of its own, and is granted or not for what it is. Order by name.
library UnboundedFunctions {
    bytes private constant SELECTORS =
    // Allowances, operators and delegates, which outlive the session and which no spend limit measures.
     hex"110496e5" // allow(address,bool)
        hex"bb24d994" // allowBySig(address,address,bool,uint256,uint256,uint8,bytes32,bytes32)
        hex"daea85c5" // approve(address)
        hex"87517c45" // approve(address,address,uint160,uint48)
        hex"5c17f9f4" // approve(address,uint256,bytes)
        hex"426a8493" // approve(address,uint256,uint256)
        hex"c04a8a10" // approveDelegation(address,uint256)
        hex"571ac8b0" // approveMax(address)
        hex"959b8c3f" // authorizeOperator(address)
        hex"86a10ddd" // authorizeOperator(address,bytes32,bytes)
        hex"b49506fd" // authorizeOperator(address,uint256,bytes)
        hex"103ef9e1" // authorizeOperatorByPartition(bytes32,address)
        hex"5c19a95c" // delegate(address)
        hex"c3cda520" // delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)
        hex"0b52d558" // delegationWithSig(address,address,uint256,uint256,uint8,bytes32,bytes32)
        hex"a3b22fc4" // hope(address)
        hex"2bc1da82" // increaseAllowance(address,uint256,bytes)
        hex"d73dd623" // increaseApproval(address,uint256)
        hex"16ca3b63" // increaseApproval(address,uint256,bytes)
        hex"fbc6d1cb" // safeApprove(address,uint256)
        hex"23aef4c5" // safeIncreaseAllowance(address,uint256)
        hex"a22cb465" // setApprovalForAll(address,bool)
        hex"eecea000" // setAuthorization(address,bool)
        hex"c0a47c93" // setMasterContractApproval(address,address,bool,uint8,bytes32,bytes32)
        hex"558a7297" // setOperator(address,bool)
        hex"fa6e671d" // setRelayerApproval(address,address,bool)
        hex"42232a4c" // temporaryApprove(address,uint256)
        // Permits, and transfers by permit.
        hex"2b67b570" // permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)
        hex"2a2d80d1" // permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)
        hex"8fcbaf0c" // permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)
        hex"9fd5a6cf" // permit(address,address,uint256,uint256,bytes)
        hex"d505accf" // permit(address,address,uint256,uint256,uint8,bytes32,bytes32)
        hex"745a41bc" // permit(address,uint256,uint256,bytes)
        hex"0f5730f1" // permit(address,uint256,uint256,uint256,bytes)
        hex"7ac2ff7b" // permit(address,uint256,uint256,uint8,bytes32,bytes32)
        hex"5816d723" // permitAndCall(bytes,bytes)
        hex"3aea60f0" // permitForAll(address,address,bool,uint256,uint256,bytes)
        hex"30f28b7a" // permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)
        // permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)
        hex"edd9444b"
        // permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)
        hex"137c29fe"
        // permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)
        hex"fe8ec1a7"
        // Transfers under other names than those that need a spend limit, and those that call somebody.
        hex"3177029f" // approveAndCall(address,uint256)
        hex"cae9ca51" // approveAndCall(address,uint256,bytes)
        hex"83f12fec" // batchTransfer(address[],uint256)
        hex"88d695b2" // batchTransfer(address[],uint256[])
        hex"90db623f" // increaseApprovalAndCall(address,uint256,bytes)
        hex"bb35783b" // move(address,address,uint256)
        hex"1e89d545" // multiTransfer(address[],uint256[])
        hex"62ad1b83" // operatorSend(address,address,uint256,bytes,bytes)
        hex"f2d5d56b" // pull(address,uint256)
        hex"b753a98c" // push(address,uint256)
        hex"423f6cef" // safeTransfer(address,uint256)
        hex"9bd9bbc6" // send(address,uint256,bytes)
        hex"760d9bba" // transfer(address,address,uint256,bool,bytes)
        hex"be45fd62" // transfer(address,uint256,bytes)
        hex"f6368f8a" // transfer(address,uint256,bytes,string)
        hex"a3a7e7f3" // transferAll(address)
        hex"84d4b410" // transferAllFrom(address,address)
        hex"1296ee62" // transferAndCall(address,uint256)
        hex"4000aea0" // transferAndCall(address,uint256,bytes)
        hex"b014c3a3" // transferAndSettle(address,uint256)
        hex"2d7667c9" // transferBatch(address[],address[],uint256[],bool[],bytes[])
        hex"0d58b1db" // transferFrom((address,address,uint160,address)[])
        hex"36c78516" // transferFrom(address,address,uint160,address)
        hex"ab67aa58" // transferFrom(address,address,uint256,bytes)
        hex"d8fbe994" // transferFromAndCall(address,address,uint256)
        hex"c1d34b89" // transferFromAndCall(address,address,uint256,bytes)
        hex"e73cced3" // transferFromAndSettle(address,address,uint256)
        hex"8fcb4e5b" // transferShares(address,uint256)
        hex"6d780459" // transferSharesFrom(address,address,uint256)
        // Calls within arguments: whatever they are, no rule reads them.
        hex"252dba42" // aggregate((address,bytes)[])
        hex"82ad56cb" // aggregate3((address,bool,bytes)[])
        hex"174dea71" // aggregate3Value((address,bool,uint256,bytes)[])
        hex"c16ae7a4" // batch((address,address,uint256,bytes)[])
        hex"d2423b51" // batch(bytes[],bool)
        hex"c3077fa9" // blockAndAggregate((address,bytes)[])
        hex"1f8b5215" // call(address,address,uint256,bytes)
        hex"6a761202" // execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)
        hex"468721a7" // execTransactionFromModule(address,uint256,bytes,uint8)
        hex"5229073f" // execTransactionFromModuleReturnData(address,uint256,bytes,uint8)
        hex"3f707e6b" // execute((address,uint256,bytes)[])
        hex"1cff79cd" // execute(address,bytes)
        hex"b61d27f6" // execute(address,uint256,bytes)
        hex"51945447" // execute(address,uint256,bytes,uint8)
        hex"24856bc3" // execute(bytes,bytes[])
        hex"3593564c" // execute(bytes,bytes[],uint256)
        hex"e9ae5c53" // execute(bytes32,bytes)
        hex"44c028fe" // execute(uint256,address,uint256,bytes)
        hex"34fcd5be" // executeBatch((address,uint256,bytes)[])
        hex"18dfb3c7" // executeBatch(address[],bytes[])
        hex"47e1da2a" // executeBatch(address[],uint256[],bytes[])
        hex"31858452" // executeBatch(uint256[],address[],uint256[],bytes[])
        hex"d691c964" // executeFromExecutor(bytes32,bytes)
        hex"1f0464d1" // multicall(bytes32,bytes[])
        hex"ac9650d8" // multicall(bytes[])
        hex"5ae401dc" // multicall(uint256,bytes[])
        hex"bce38bd7" // tryAggregate(bool,(address,bytes)[])
        hex"399542e9"; // tryBlockAndAggregate(bool,(address,bytes)[])

    /// @param selector As a number.
    function contains(uint256 selector) internal pure returns (bool found) {
        bytes memory selectors = SELECTORS;
        assembly ("memory-safe") {
            let end := add(selectors, mload(selectors))
            for { let at := selectors } lt(at, end) {} {
                // The four bytes that end where the next word but seven does.
                at := add(at, 4)
                found := or(found, eq(and(mload(at), 0xffffffff), selector))
            }
        }
    }
}
