/** Gas of a bundle besides its items. */
export const BASE_COST = 80_000
/** The protocol's floor for a byte of call data (EIP-7623): below it, no node takes the transaction. */
export const BYTE_COST = 40
/** Bytes that a section adds besides its table. */
export const SECTION_BYTES = 34
/** Bytes that an item adds besides its intent and grant, at most. */
export const ITEM_BYTES = 89
