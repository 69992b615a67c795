import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hex } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import {
  checkMnemonic,
  createMnemonic,
  mnemonicSeed,
  normalizeMnemonic,
  suggestWords,
} from '../../../src/wallet/mnemonic.ts'

const A = 'film theme cheese broken kingdom destroy inch ready wear inspire shove pudding'
const words = A.split(' ')

describe('recovery phrase', () => {
  it('gives the seed that BIP-39 wallets give', () => {
    // wallet/keys.jsonl, mnemonic A
    const seed =
      '0059f28880c51394cc9e6cbcc14d479b4fb2cb76a17feb30388fc7769b7c2590' +
      'f62d8486fc8eb827c58022ded9b090901bbb90e7a671188016726e823540f241'
    expect(hex(mnemonicSeed(A))).toBe(seed)
  })

  it('is understood however it was pasted', () => {
    const numbered = words
      .map((word, i) => `  ${i + 1}${i % 2 ? '.' : ')'}  ${word}\t`)
      .join('\r\n')
    for (const text of [
      A,
      A.toUpperCase(),
      `\n ${A.replace(/ /g, '\u3000\u00a0 ')} \n`,
      numbered,
    ]) {
      expect(checkMnemonic(text)).toBe(A)
    }
    expect(normalizeMnemonic(' 1. Film\n 2. theme ')).toBe('film theme')
  })

  it('keeps its meaning under any spacing and case', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(' ', '  ', '\n', '\t', '\r\n'), { minLength: 12, maxLength: 12 }),
        fc.nat({ max: 2 ** 12 - 1 }),
        (gaps, upper) => {
          const typed = words
            .map((word, i) => (upper & (1 << i) ? word.toUpperCase() : word) + gaps[i]!)
            .join('')
          expect(checkMnemonic(typed)).toBe(A)
        },
      ),
    ))

  it('names the first unknown word and its place', () => {
    const typed = A.replace('cheese', 'cheeze').replace('wear', 'waer')
    const context = { word: 'cheeze', position: 3 }
    expect(() => checkMnemonic(typed)).toThrow(
      expect.objectContaining({ code: 'MNEMONIC_WORD', context }),
    )
  })

  it('tells a wrong length from a wrong word', () => {
    const code = (text: string) => {
      try {
        return checkMnemonic(text)
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(code('')).toBe('MNEMONIC_LENGTH')
    expect(code(words.slice(1).join(' '))).toBe('MNEMONIC_LENGTH')
    expect(code([...words.slice(1), words[0]].join(' '))).toBe('MNEMONIC_CHECKSUM')
    expect(() => mnemonicSeed(words.slice(1).join(' '))).toThrow('MNEMONIC_LENGTH')
  })

  it('is made of fresh randomness, valid at both lengths', () => {
    const random = seededRandom(1)
    const made = new Set<string>()
    for (const count of [12, 24] as const) {
      for (let i = 0; i < 20; i++) {
        const phrase = createMnemonic(count, { random })
        expect(phrase.split(' ')).toHaveLength(count)
        expect(checkMnemonic(phrase)).toBe(phrase)
        made.add(phrase)
      }
    }
    expect(made.size).toBe(40)
  })

  it('completes words', () => {
    expect(suggestWords('Fil')).toEqual(['file', 'film', 'filter'])
    expect(suggestWords('a', 2)).toEqual(['abandon', 'ability'])
    expect(suggestWords(' ')).toEqual([])
    expect(suggestWords('xq')).toEqual([])
  })
})
