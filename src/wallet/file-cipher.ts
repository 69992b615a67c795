import { argon2idAsync } from '@noble/hashes/argon2.js'
import { hmac } from '@noble/hashes/hmac.js'
import * as v from 'valibot'

import { sha256 } from '../crypto/hash.ts'
import { equalBytes, fromHex, hex, utf8 } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/**
 * The three encryptions in which Spacemesh wallets keep their file. Spec 10 §2.
 */

/** The part of WebCrypto that wallet files need. */
export type Subtle = Pick<SubtleCrypto, 'importKey' | 'deriveBits' | 'encrypt' | 'decrypt'>

const hexOf = (bytes?: number) =>
  v.pipe(
    v.string(),
    v.regex(/^([0-9a-fA-F]{2})*$/),
    v.transform(fromHex),
    v.check((value) => bytes === undefined || value.length === bytes),
  )
const between = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

const GcmFile = v.object({
  cipher: v.literal('AES-GCM'),
  cipherText: hexOf(),
  cipherParams: v.object({ iv: hexOf(12) }),
  kdf: v.literal('PBKDF2'),
  // smcli writes SHA-256 here and uses SHA-512 all the same, so `hash` is not read
  kdfparams: v.object({ salt: hexOf(), iterations: between(1_000, 10_000_000) }),
})
const ArgonFile = v.object({
  cipher: v.literal('AES-256-CTR'),
  cipherText: hexOf(),
  cipherParams: v.object({ iv: hexOf(16) }),
  kdf: v.literal('ARGON2'),
  kdfparams: v.object({
    salt: hexOf(16),
    iterations: between(1, 100),
    memorySize: between(8, 2 ** 20),
    parallelism: between(1, 16),
  }),
  mac: hexOf(32),
})
const LegacyFile = v.object({ cipher: v.literal('AES-128-CTR'), cipherText: hexOf() })

/** The `crypto` object of a wallet file, checked. */
export const FileCrypto = v.variant('cipher', [GcmFile, ArgonFile, LegacyFile])
export type FileCrypto = v.InferOutput<typeof FileCrypto>
type GcmFile = v.InferOutput<typeof GcmFile>
type ArgonFile = v.InferOutput<typeof ArgonFile>

/** Smapp until October 2022: fixed salt, counter and rounds; AES-256 despite its label. */
const LEGACY = {
  salt: utf8('Spacemesh blockmesh'),
  iterations: 1_000_000,
  counter: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5),
}

/** Rounds that Smesh writes, as smcli does. */
export const PBKDF2_ROUNDS = 210_000

/** 32-byte key of a password; the password is used as typed. */
export async function fileKey(
  file: FileCrypto,
  password: string,
  { subtle }: { subtle: Subtle },
): Promise<Uint8Array> {
  if (file.cipher === 'AES-256-CTR') return argonKey(file, password)
  const { salt, iterations } = file.cipher === 'AES-GCM' ? file.kdfparams : LEGACY
  return pbkdf2(subtle, password, salt, iterations)
}

/**
 * Text inside the file.
 *
 * @throws {SmeshError} `WALLET_FILE_PASSWORD`
 */
export async function decryptFile(
  file: FileCrypto,
  key: Uint8Array,
  { subtle }: { subtle: Subtle },
): Promise<string> {
  const plain = await decryptBytes(file, key, subtle)
  const wrong = () => new SmeshError('WALLET_FILE_PASSWORD', { scheme: file.cipher })
  if (!plain) throw wrong()
  // the MAC key is the key's hex text, as smapp-lite has it
  if (file.cipher === 'AES-256-CTR' && !equalBytes(hmac(sha256, utf8(hex(key)), plain), file.mac)) {
    throw wrong()
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
    if (file.cipher === 'AES-128-CTR') JSON.parse(text) // the only sign of a wrong password
    return text
  } catch {
    throw wrong()
  }
}

/** AES-256-GCM under a PBKDF2 key: the form that Smapp, smcli and smapp-lite all read. */
export async function encryptGcm(
  plaintext: string,
  password: string,
  { salt, iv }: { salt: Uint8Array; iv: Uint8Array },
  { subtle }: { subtle: Subtle },
) {
  const raw = await pbkdf2(subtle, password, salt, PBKDF2_ROUNDS)
  const key = await subtle.importKey('raw', own(raw), 'AES-GCM', false, ['encrypt'])
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv: own(iv) }, key, own(utf8(plaintext)))
  raw.fill(0)
  return {
    cipher: 'AES-GCM' as const,
    cipherText: hex(new Uint8Array(sealed)),
    cipherParams: { iv: hex(iv) },
    kdf: 'PBKDF2' as const,
    kdfparams: { dklen: 256, hash: 'SHA-512', salt: hex(salt), iterations: PBKDF2_ROUNDS },
  }
}

async function decryptBytes(
  file: FileCrypto,
  raw: Uint8Array,
  subtle: Subtle,
): Promise<Uint8Array | undefined> {
  const name = file.cipher === 'AES-GCM' ? 'AES-GCM' : 'AES-CTR'
  const key = await subtle.importKey('raw', own(raw), name, false, ['decrypt'])
  const parameters =
    file.cipher === 'AES-GCM'
      ? { name, iv: own(file.cipherParams.iv) }
      : {
          name,
          length: 128,
          counter: own(file.cipher === 'AES-256-CTR' ? file.cipherParams.iv : LEGACY.counter),
        }
  try {
    return new Uint8Array(await subtle.decrypt(parameters, key, own(file.cipherText)))
  } catch {
    return undefined // WebCrypto says no more than "failed"
  }
}

async function pbkdf2(subtle: Subtle, password: string, salt: Uint8Array, iterations: number) {
  const base = await subtle.importKey('raw', own(utf8(password)), 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt: own(salt), iterations }
  return new Uint8Array(await subtle.deriveBits(parameters, base, 256))
}

const argonKey = ({ kdfparams }: ArgonFile, password: string): Promise<Uint8Array> =>
  argon2idAsync(utf8(password), kdfparams.salt, {
    t: kdfparams.iterations,
    m: kdfparams.memorySize,
    p: kdfparams.parallelism,
    dkLen: 32,
  })

/** WebCrypto takes no view of shared memory; a copy is never one. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
