import { parseAbi } from 'viem'

/** What a browser reads of Delve. */
export const delveAbi = parseAbi([
  'struct Player { bool joined; uint8 x; uint8 y; uint16 gems; uint32 moves; }',
  'event Moved(address indexed player, uint8 x, uint8 y, uint16 gems)',
  'function board() view returns (uint192 gems, uint256 tide, uint256 turnsAt)',
  'function gemsOf(uint256 tide) view returns (uint192)',
  'function playerOf(address account) view returns (Player player)',
  'function prices() view returns (uint16[])',
  'function balanceOfBatch(address[] accounts, uint256[] ids) view returns (uint256[])',
])
