import { createPoetSchedule, genesisId, parseNetworkDocument } from '../config/index.ts'
import { verify } from '../crypto/ed25519.ts'
import type { Platform } from '../platform/types.ts'
import {
  PoetService,
  SlicedWorker,
  type Pacer,
  type PoetEvent,
  type ProverSnapshot,
} from '../poet/index.ts'
import type { Database } from '../storage/database.ts'
import { PoetServiceRepository } from '../storage/repositories/poet-service.ts'

import { NetworkClock } from './network-clock.ts'

export interface PoetHostOptions {
  /** The network's document. */
  network: string
  /** Network time now; {@link PoetHost.follow} keeps it. */
  nowMs: number
  /** Names the service; 32 bytes. */
  servicePubkey: Uint8Array
  /** Part of a core that sequential work may take, percent. */
  dutyPercent: number
}

export interface PoetHost {
  readonly service: PoetService
  /** Network time as the node has it; without it for two seconds the PoET's time stands still. */
  follow(nowMs: number): void
}

/** Network time runs on this long without news of the node. */
const MAX_STEP_MS = 2000

/** The PoET of a network that lives inside one host, ready to start. */
export function createPoetHost(
  options: PoetHostOptions,
  modules: {
    platform: Pick<Platform, 'monotonicMs' | 'clockOver'>
    /** Time of the thread that works. */
    pacer: Pacer
    database: Database
    onEvent: (event: PoetEvent) => void
  },
): PoetHost {
  const config = parseNetworkDocument(options.network)
  const { platform, pacer, database, onEvent } = modules
  const clock = new NetworkClock({ startMs: options.nowMs, maxStepMs: MAX_STEP_MS }, platform)
  const service = new PoetService(
    {
      schedule: createPoetSchedule(config),
      genesisId: genesisId(config),
      servicePubkey: options.servicePubkey,
      phaseShiftMs: config.poet.phaseShiftMs,
      cycleGapMs: config.poet.cycleGapMs,
    },
    {
      clock,
      store: new PoetServiceRepository<ProverSnapshot>(database),
      worker: new SlicedWorker({ dutyPercent: options.dutyPercent }, { clock, pacer }),
      pacer,
      verify,
      onEvent,
    },
  )
  return { service, follow: (nowMs) => clock.follow(nowMs) }
}
