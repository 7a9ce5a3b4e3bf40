import {
  type Address,
  concatHex,
  getContractAddress,
  type Hex,
  numberToHex,
  size,
  zeroHash,
} from 'viem'

/** Bytes of the clone's code before the owner that is appended to it. */
const CLONE_SIZE = 0x2d

/**
 * Address of the PlayerAccount of an owner, deployed or not (CREATE2, salt 0): a minimal clone with the owner in its code.
 * @param owner ERC-7913 signer, at most 256 bytes.
 */
export function computeAccountAddress(factory: Address, owner: Hex): Address {
  const implementation = getContractAddress({ from: factory, nonce: 1n })
  const bytecode = concatHex([
    '0x61',
    numberToHex(CLONE_SIZE + size(owner), { size: 2 }),
    '0x3d81600a3d39f3363d3d373d3d3d363d73',
    implementation,
    '0x5af43d82803e903d91602b57fd5bf3',
    owner,
  ])
  return getContractAddress({
    opcode: 'CREATE2',
    from: factory,
    salt: zeroHash,
    bytecode,
  })
}
