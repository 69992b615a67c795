import type {} from '../util/error.ts'

declare module '../util/error.ts' {
  interface ErrorContext {
    /** A recovery phrase has 12, 15, 18, 21 or 24 words. */
    MNEMONIC_LENGTH: { words: number }
    /** The first word that is not in the list; positions count from 1. */
    MNEMONIC_WORD: { word: string; position: number }
    /** All words are known but they do not belong together: one is wrong or out of place. */
    MNEMONIC_CHECKSUM: { words: number }
    /** A derivation path that the wallet does not use; `reason` says what is wrong with it. */
    DERIVATION_PATH: { path: string; reason: string }
    AMOUNT_EMPTY: { text: string }
    AMOUNT_NEGATIVE: { text: string }
    /** Neither a whole nor a decimal number, or of an unknown unit. */
    AMOUNT_FORMAT: { text: string }
    /** More decimals than the unit has. */
    AMOUNT_DECIMALS: { text: string; decimals: number; max: number }
    /** More than 2^64 − 1 smidge. */
    AMOUNT_OVERFLOW: { text: string }
    /** All amounts in smidge, as decimal text. */
    INSUFFICIENT_BALANCE: { needed: string; available: string }
    /** Bytes that the wallet will not sign: unknown, or not of the account of the key. */
    WALLET_TRANSACTION: { reason: string }
    /** A stored wallet that cannot be read; `field` names the first wrong part. */
    WALLET_RECORD: { field: string }
    /** A name that no account can have. */
    WALLET_ACCOUNT_NAME: { name: string; reason: string }
    /** No account of the wallet has this address; hex. */
    WALLET_UNKNOWN_ACCOUNT: { principal: string }
    /** Not a wallet file, or one of an unknown kind; `reason` says which part. */
    WALLET_FILE_FORMAT: { reason: string }
    /** Wrong password, or a damaged file: authenticated encryption cannot tell them apart. */
    WALLET_FILE_PASSWORD: { scheme: string }
    /** The stored secret key does not belong to the public key beside it. */
    WALLET_KEY_MISMATCH: { publicKey: string }
  }
}
