import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

import { SmeshError } from '../util/error.ts'
import type { Random } from '../util/random.ts'

/** Recovery phrases: BIP-39, English list, empty passphrase. Spec 10 §1.1. */

const LENGTHS = [12, 15, 18, 21, 24]
const WORDS = new Set(wordlist)

/** A new phrase of 12 (128 bits) or 24 (256 bits) words. */
export function createMnemonic(words: 12 | 24, { random }: { random: Random }): string {
  const entropy = random.bytes(words === 12 ? 16 : 32)
  const mnemonic = entropyToMnemonic(entropy, wordlist)
  entropy.fill(0)
  return mnemonic
}

/**
 * The phrase in what a person typed or pasted: any case, spacing and line breaks, with or without
 * the numbers of a list. The result may still be wrong; see {@link checkMnemonic}.
 *
 * @example normalizeMnemonic(' 1. Film\n 2. theme ') // 'film theme'
 */
export function normalizeMnemonic(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/^\s*\d{1,2}[.)]\s*/, ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * The valid phrase in `text`, normalised.
 *
 * @throws {SmeshError} `MNEMONIC_WORD` for the first unknown word, `MNEMONIC_LENGTH`,
 *   `MNEMONIC_CHECKSUM`
 */
export function checkMnemonic(text: string): string {
  const mnemonic = normalizeMnemonic(text)
  const words = mnemonic === '' ? [] : mnemonic.split(' ')
  const unknown = words.findIndex((word) => !WORDS.has(word))
  if (unknown >= 0) {
    const word = words[unknown]!.slice(0, 20)
    throw new SmeshError('MNEMONIC_WORD', { word, position: unknown + 1 })
  }
  if (!LENGTHS.includes(words.length)) {
    throw new SmeshError('MNEMONIC_LENGTH', { words: words.length })
  }
  if (!validateMnemonic(mnemonic, wordlist)) {
    throw new SmeshError('MNEMONIC_CHECKSUM', { words: words.length })
  }
  return mnemonic
}

/** 64-byte BIP-39 seed of a phrase; throws as {@link checkMnemonic} does. */
export const mnemonicSeed = (mnemonic: string): Uint8Array =>
  mnemonicToSeedSync(checkMnemonic(mnemonic))

/** Words of the list that start with `prefix`, for completion while typing; at most `max`. */
export function suggestWords(prefix: string, max = 5): string[] {
  const start = normalizeMnemonic(prefix)
  return start === '' ? [] : wordlist.filter((word) => word.startsWith(start)).slice(0, max)
}
