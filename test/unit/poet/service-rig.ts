import { keypairFromSeed, signDomain, verify, Domain } from '../../../src/crypto/ed25519.ts'
import type { PoetSchedule } from '../../../src/config/derived.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { PoetService } from '../../../src/poet/service.ts'
import type {
  PoetEvent,
  PoetServiceModules,
  PoetServiceOptions,
} from '../../../src/poet/service-types.ts'
import { SlicedWorker, type SlicedWorkerOptions } from '../../../src/poet/worker.ts'
import type { MemoryPoetStore } from './memory-store.ts'
import { mortalStore } from './memory-store.ts'
import type { SimTime } from './sim-time.ts'

export const GENESIS_MS = 1000
export const EPOCH_MS = 120
export const PHASE_SHIFT_MS = 60
export const CYCLE_GAP_MS = 40

/** Written from spec 04 §1, apart from the schedule in `config/`. */
export const schedule: PoetSchedule = {
  roundStartMs: (round) => GENESIS_MS + PHASE_SHIFT_MS + round * EPOCH_MS,
  roundEndMs: (round) => GENESIS_MS + PHASE_SHIFT_MS + (round + 1) * EPOCH_MS - CYCLE_GAP_MS,
  workingMs: EPOCH_MS - CYCLE_GAP_MS,
  openRoundAt: (timeMs) => {
    let round = 0
    while (timeMs >= GENESIS_MS + PHASE_SHIFT_MS + round * EPOCH_MS) round++
    return round
  },
  roundOf: (publishEpoch) => publishEpoch - 1,
}

export const genesisId = hash32(Uint8Array.of(7)).slice(0, 20)
export const servicePubkey = hash32(Uint8Array.of(8))

const keys = new Map<number, ReturnType<typeof keypairFromSeed>>()
const keyOf = (node: number) => {
  const key = keys.get(node) ?? keypairFromSeed(hash32(Uint8Array.of(1, node)))
  keys.set(node, key)
  return key
}

/** A signed registration of test node `node` with its challenge number `variant`. */
export function submission(node: number, variant: number) {
  const key = keyOf(node)
  const challenge = hash32(Uint8Array.of(2, node, variant & 255, variant >> 8))
  const signature = signDomain(key.seed, genesisId, Domain.poet, challenge)
  return { nodeId: key.publicKey, challenge, signature }
}

export interface Session {
  service: PoetService
  events: PoetEvent[]
  /** The tab is gone: nothing of this session happens any more. */
  kill(): void
}

/** One life of a PoET over a store and a time that outlive it. */
export function openSession(
  time: SimTime,
  store: MemoryPoetStore,
  {
    options = {},
    modules = {},
    work = {},
    applied = () => true,
    storeTurns = () => 1,
  }: {
    options?: Partial<PoetServiceOptions>
    modules?: Partial<PoetServiceModules>
    work?: SlicedWorkerOptions
    applied?: () => boolean
    storeTurns?: () => number
  } = {},
): Session {
  let dead = false
  const events: PoetEvent[] = []
  const { clock, pacer } = time.session(() => dead)
  const worker = new SlicedWorker({ sliceMs: 5, checkpointMs: 15, ...work }, { clock, pacer })
  const service = new PoetService(
    {
      schedule,
      genesisId,
      servicePubkey,
      phaseShiftMs: PHASE_SHIFT_MS,
      cycleGapMs: CYCLE_GAP_MS,
      ...options,
    },
    {
      clock,
      pacer,
      worker,
      verify,
      store: mortalStore(store, () => dead, applied, storeTurns),
      onEvent: (event) => void (dead || events.push(event)),
      ...modules,
    },
  )
  return { service, events, kill: () => void (dead = true) }
}
