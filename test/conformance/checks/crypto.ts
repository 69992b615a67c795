import { strictEqual } from 'node:assert'

import { addressFromText, addressToText, generateAddress } from '../../../src/crypto/address.ts'
import { keypairFromSeed, signDomain, verify, verifyDomain } from '../../../src/crypto/ed25519.ts'
import type { Domain } from '../../../src/crypto/ed25519.ts'
import { identityFromFile, identityToFile } from '../../../src/crypto/identity.ts'
import {
  vrfCompare,
  vrfFraction,
  vrfLayer,
  vrfLowestBit,
} from '../../../src/crypto/vrf-readings.ts'
import { vrfProve, vrfVerify } from '../../../src/crypto/vrf.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'

/**
 * Record checks of the files about keys, signatures, VRF and addresses; each throws on a mismatch.
 * Formats: vectors/README.md, topics types and ed25519.
 */

interface SignatureRecord {
  seed: string
  publicKey: string
  prefix: string
  domain: number
  message: string
  signature: string
}

export function checkSignature(record: SignatureRecord): void {
  const keypair = keypairFromSeed(fromHex(record.seed))
  strictEqual(hex(keypair.publicKey), record.publicKey)
  const prefix = fromHex(record.prefix)
  const message = fromHex(record.message)
  const domain = record.domain as Domain
  const signature = signDomain(keypair.seed, prefix, domain, message)
  strictEqual(hex(signature), record.signature)
  strictEqual(verifyDomain(signature, prefix, domain, message, keypair.publicKey), true)
  signature[40]! ^= 1
  strictEqual(verifyDomain(signature, prefix, domain, message, keypair.publicKey), false)
}

interface VerifyRecord {
  publicKey: string
  message: string
  signature: string
  valid: boolean
}

export function checkVerify(record: VerifyRecord): void {
  const [signature, message, publicKey] = [record.signature, record.message, record.publicKey]
  strictEqual(verify(fromHex(signature), fromHex(message), fromHex(publicKey)), record.valid)
}

interface VrfRecord {
  op: 'prove' | 'verify'
  seed: string
  publicKey: string
  alpha: string
  proof: string
  valid: boolean
}

export function checkVrf(record: VrfRecord): void {
  const [publicKey, alpha, proof] = [record.publicKey, record.alpha, record.proof].map(fromHex)
  if (record.op === 'verify') {
    strictEqual(vrfVerify(publicKey!, alpha!, proof!), record.valid)
    return
  }
  strictEqual(record.op, 'prove')
  strictEqual(hex(vrfProve(fromHex(record.seed), alpha!)), record.proof)
  strictEqual(vrfVerify(publicKey!, alpha!, proof!), true)
}

interface VrfReadingRecord {
  proof: string
  epoch: number
  layersPerEpoch: number
  ballotLayer: number
  lowestBit: number
  fractionRaw: string
  other?: string
  littleEndianCompare?: number
}

export function checkVrfReading(record: VrfReadingRecord): void {
  const proof = fromHex(record.proof)
  strictEqual(vrfLayer(proof, record.epoch, record.layersPerEpoch), record.ballotLayer)
  strictEqual(vrfLowestBit(proof), record.lowestBit)
  strictEqual(vrfFraction(proof), BigInt('0x' + record.fractionRaw))
  if (record.other !== undefined) {
    strictEqual(vrfCompare(proof, fromHex(record.other)), record.littleEndianCompare)
  }
}

interface AddressRecord {
  op: 'format' | 'parse' | 'generate'
  case?: string
  address: string
  hrp: string
  text: string
  input: string
  accepted: boolean
  canonicalText: string
}

export function checkAddress(record: AddressRecord): void {
  if (record.op === 'generate') {
    strictEqual(hex(generateAddress(fromHex(record.input))), record.address)
    return
  }
  if (record.op === 'format') {
    strictEqual(addressToText(fromHex(record.address), record.hrp), record.text)
    return
  }
  strictEqual(record.op, 'parse')
  const address = tryParse(record.text, record.hrp)
  // The reference also takes second texts of an address; Smesh refuses them (spec 01 §4.1).
  if (record.accepted && record.text.toLowerCase() === record.canonicalText) {
    strictEqual(address, record.address)
    strictEqual(addressToText(fromHex(record.address), record.hrp), record.canonicalText)
  } else {
    strictEqual(address, undefined)
  }
}

function tryParse(text: string, hrp: string): string | undefined {
  try {
    return hex(addressFromText(text, hrp))
  } catch (error) {
    if (isSmeshError(error)) return undefined
    throw error
  }
}

interface IdentityRecord {
  text: string
  content: string
  accepted: boolean
  nodeId?: string
}

export function checkIdentityFile(record: IdentityRecord): void {
  const content = new TextDecoder().decode(fromHex(record.content))
  strictEqual(content, record.text)
  let nodeId: string | undefined
  try {
    const keypair = identityFromFile(content)
    nodeId = hex(keypair.publicKey)
    strictEqual(identityToFile(keypair), content.toLowerCase())
  } catch (error) {
    if (!isSmeshError(error)) throw error
  }
  strictEqual(nodeId, record.accepted ? record.nodeId : undefined)
}
