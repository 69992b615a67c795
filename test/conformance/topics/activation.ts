import { Domain, keypairFromSeed, signDomain } from '../../../src/crypto/ed25519.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { checkGrading, checkWeight } from '../checks/activation.ts'
import { checkMerkle } from '../checks/merkle.ts'
import { expectDerived, typeOf } from '../checks/wire.ts'
import { expectHex, expectJson, type Json, type Topic } from '../types.ts'

const NO_SIGNATURE = '00'.repeat(64) // one record gives an id only

/** The objects of spec 08 §11. */
function checkAtx(record: Json): void {
  const { codec, shape } = typeOf(record.type)
  const fields = structuredClone(record.fields)
  if (record.type.startsWith('ActivationTx')) fields.Signature ??= NO_SIGNATURE
  const value = shape.toValue(fields)
  const encoding = codec.encode(value)
  if (record.encoding) expectHex(encoding, record.encoding, 'encoding')
  expectJson(shape.toJson(codec.decode(encoding)), fields, 'fields')

  const { sameIdWith, certificateOfA, certificateOfB, ...derived } = record.derived
  const given = { seed: record.seedA, prefix: record.prefix }
  expectDerived(record.type, value, { ...derived, ...given })
  if (certificateOfA) expectHex(certificate(record, record.seedA), certificateOfA, 'certificateOfA')
  if (certificateOfB) expectHex(certificate(record, record.seedB), certificateOfB, 'certificateOfB')
  if (sameIdWith) {
    const changed = structuredClone(fields)
    for (const [path, changedTo] of Object.entries(sameIdWith)) assign(changed, path, changedTo)
    const { atxId } = derived
    expectDerived(record.type, shape.toValue(changed), { atxId, ...given })
  }
}

/** A marriage with the publisher A. */
function certificate(record: Json, seed: string): Uint8Array {
  const publisher = keypairFromSeed(fromHex(record.seedA)).publicKey
  if (hex(publisher) !== record.nodeA) throw new Error('nodeA is not the key of seedA')
  const { secretKey } = keypairFromSeed(fromHex(seed))
  return signDomain(secretKey, fromHex(record.prefix), Domain.marriage, publisher)
}

/** Sets `NiPosts[0].Posts[0].NumUnits` and the like. */
function assign(target: Json, path: string, value: unknown): void {
  const names = path.split(/[.[\]]+/).filter((name) => name !== '')
  const last = names.pop()!
  const parent = names.reduce((object, name) => object[name], target)
  if (!(last in parent)) throw new Error(`no field ${path}`)
  parent[last] = value
}

export const topic: Topic = {
  files: {
    'atx.jsonl': checkAtx,
    'grading.jsonl': checkGrading,
    'merkle.jsonl': checkMerkle,
    'weights.jsonl': checkWeight,
  },
}
