import { bench, describe } from 'vitest'

import { applyLayerSync } from '../../src/vm/index.ts'
import { addressOf, key, MemoryState, spawned, spendBody } from '../unit/vm/fixtures.ts'
import { unsigned, vmParams } from '../unit/vm/fixtures.ts'

const SPENDS = 20_000

// The mempool has verified the signatures before: crypto.bench.ts has what one costs.
describe(`a layer of ${SPENDS} spends, signatures known`, () => {
  const alice = key(1)
  const to = addressOf(key(2))
  const txs = Array.from({ length: SPENDS }, (_, i) => ({
    raw: unsigned(spendBody(addressOf(alice), to, 1n, { nonce: BigInt(i + 1) })),
  }))
  const state = new MemoryState([spawned(alice.publicKey, 2n ** 62n)])
  const verified = () => true
  // Mainnet's limit would refuse all but the first 2,773.
  const params = { ...vmParams, blockGasLimit: 2n ** 62n, layer: 9000, rewards: [], verified }
  bench('applyLayerSync', () => {
    const { results } = applyLayerSync({ ...params, txs }, state.get)
    if (results.length !== SPENDS) throw new Error(`${results.length} spends applied`)
  })
})
