import { opinionHash, type LayerOpinion } from '../../../src/protocol/opinion-hash.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { expectEqual, skipped, type Json, type Topic } from '../types.ts'

const layerOpinion = (layer: Json): LayerOpinion =>
  layer.abstain
    ? { abstain: true }
    : {
        support: layer.support.map((block: Json) => ({
          id: fromHex(block.id),
          height: BigInt(block.height),
        })),
      }

function checkOpinions(record: Json): void {
  let opinion: Uint8Array | undefined
  expectEqual(record.layers.length, record.opinions.length, 'layers')
  record.layers.forEach((layer: Json, i: number) => {
    opinion = opinionHash(opinion, layerOpinion(layer))
    expectEqual(hex(opinion), record.opinions[i], `opinion ${i}`)
  })
}

const later = skipped('the tortoise is not built yet')

export const topic: Topic = {
  files: {
    'opinion-hashes.jsonl': checkOpinions,
    'example.json': later,
    'scenarios.jsonl.gz': later,
    'thresholds.jsonl': later,
    'traces.jsonl.gz': later,
  },
}
