import { describe, expect, it } from 'vitest'

import { createProver } from '../../../src/poet/prover.ts'
import type { ClosedRound, PoetStore } from '../../../src/poet/store.ts'

/** What every PoetStore must do. `reopen` gives the store as the next session finds it. */
export function poetStoreCompliance(
  name: string,
  fresh: () => Promise<{ store: PoetStore; reopen: () => Promise<PoetStore> }>,
): void {
  const bytes = (value: number) => new Uint8Array(32).fill(value)
  const member = (node: number, challenge: number) => ({
    nodeId: bytes(node),
    challenge: bytes(challenge),
  })
  const closed = (round: number): ClosedRound => ({
    round,
    statement: bytes(90 + round),
    challenges: [bytes(1), bytes(2)],
  })
  const byNode = (members: { nodeId: Uint8Array }[]) =>
    [...members].sort((a, b) => a.nodeId[0]! - b.nodeId[0]!)

  describe(`PoetStore: ${name}`, () => {
    it('knows nothing at first', async () => {
      const { store } = await fresh()
      expect(await store.members(0)).toEqual([])
      expect(await store.openRounds()).toEqual([])
      expect(await store.closedRounds()).toEqual([])
      expect(await store.latestClosed()).toBeUndefined()
      expect(await store.checkpoint(0)).toBeUndefined()
      expect(await store.outcome(0)).toBeUndefined()
    })

    it('keeps members by round and node, the latest challenge of each', async () => {
      const { store, reopen } = await fresh()
      await Promise.all([store.addMember(9, member(1, 1)), store.addMember(10, member(1, 2))])
      await store.addMember(10, member(2, 3))
      await store.addMember(10, member(2, 4))
      const again = await reopen()
      expect(byNode(await again.members(10))).toEqual([member(1, 2), member(2, 4)])
      expect(await again.members(9)).toEqual([member(1, 1)])
      expect(await again.openRounds()).toEqual([9, 10])
    })

    it('takes a round through its states', async () => {
      const { store, reopen } = await fresh()
      for (const round of [9, 10, 11]) await store.addMember(round, member(1, round))
      await store.closeRound(closed(10))
      await store.closeRound(closed(9))
      let again = await reopen()
      expect(await again.openRounds()).toEqual([11])
      expect(await again.closedRounds()).toEqual([closed(9), closed(10)])
      expect(await again.latestClosed()).toBe(10)

      const prover = createProver({ statement: bytes(99) })
      prover.advance(150)
      await again.saveCheckpoint(9, prover.snapshot(2))
      prover.advance(10)
      const snapshot = prover.snapshot(2)
      await again.saveCheckpoint(9, snapshot)
      again = await reopen()
      expect(await again.checkpoint(9)).toEqual(snapshot)
      expect(await again.checkpoint(10)).toBeUndefined()

      const proof = Uint8Array.of(1, 2, 3)
      const outcome = { ...closed(9), kind: 'proof' as const, proof, leafCount: 2n ** 40n }
      await again.saveOutcome(outcome)
      await again.saveOutcome({ ...closed(10), kind: 'skipped' })
      again = await reopen()
      expect(await again.outcome(9)).toEqual(outcome)
      expect(await again.outcome(10)).toEqual({ ...closed(10), kind: 'skipped' })
      expect(await again.checkpoint(9)).toBeUndefined()
      expect(await again.closedRounds()).toEqual([])
      expect(await again.latestClosed()).toBe(10)
    })

    it('hands out copies', async () => {
      const { store } = await fresh()
      const given = member(1, 1)
      await store.addMember(0, given)
      given.challenge[0] = 77
      const taken = await store.members(0)
      taken[0]!.challenge[1] = 78
      expect(await store.members(0)).toEqual([member(1, 1)])
    })
  })
}
