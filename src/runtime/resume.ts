import { decodeHead } from '../activation/index.ts'
import { createLayerClock, genesisId, type NetworkConfig } from '../config/index.ts'
import { keypairFromSeed } from '../crypto/ed25519.ts'
import { JournalRepository } from '../storage/repositories/journal.ts'
import { SmeshError } from '../util/error.ts'

import type { NodeModules } from './modules.ts'
import type { RecordStore, Records } from './records.ts'

/** What is written when a node begins, and read whenever it opens. */
export type StoredRecords = Omit<Records, 'network' | 'outbox'>

/** The records of a node that was begun. @throws {SmeshError} `INTERNAL` unless all are there */
export async function readRecords(records: RecordStore): Promise<StoredRecords> {
  const [clock, wallet, identity, smeshing, poet] = await Promise.all([
    records.get('clock'),
    records.get('wallet'),
    records.get('identity'),
    records.get('smeshing'),
    records.get('poet'),
  ])
  if (!clock || !wallet || !identity || !smeshing || !poet) {
    throw new SmeshError('INTERNAL', {
      what: 'records that are written together are not all there',
    })
  }
  return { clock, wallet, identity, smeshing, poet }
}

/**
 * Stored network time, but never before what was reached already: the last applied layer, the last
 * one that was signed for, the epoch of the last ATX. The clock is written once a second; gone back
 * over the start of a layer it would have that layer signed for a second time.
 */
export async function resumeAt(
  config: NetworkConfig,
  { clock, identity }: Pick<Records, 'clock' | 'identity'>,
  { database }: NodeModules,
): Promise<number> {
  const layers = createLayerClock(config)
  const reached: number[] = []
  const [last] = await database.list('layers', { reverse: true, limit: 1 })
  if (last && last.value.layer > layers.effectiveGenesis) reached.push(last.value.layer)
  const nodeId = keypairFromSeed(identity.seed).publicKey
  const head = await new JournalRepository(database, {
    genesisId: genesisId(config),
    nodeId,
  }).head()
  if (head) {
    const { highest, lastAtx } = decodeHead(head)
    reached.push(...Object.values(highest).filter((layer) => layer >= 0))
    if (lastAtx) reached.push(layers.firstLayerOf(lastAtx.epoch))
  }
  return Math.max(clock.nowMs, ...reached.map((layer) => layers.layerStartMs(layer)))
}
