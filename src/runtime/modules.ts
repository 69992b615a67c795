import type { Platform } from '../platform/types.ts'
import type { PoetEvent, PoetInfo, PoetRegistration, PoetRoundProof } from '../poet/index.ts'
import type { PoetSubmission } from '../poet/index.ts'
import type { DataMetadata, InitProgress, PostProof, ProveProgress } from '../post/index.ts'
import type { Database } from '../storage/database.ts'
import type { TaskOptions } from '../util/task.ts'

import type { DeviceState, NodeState } from './api.ts'
import type { PoetHostOptions } from './poet-host.ts'
import type { PostHostOptions } from './post-host.ts'

/** Told when labels get a device, and why the one before it was given up. */
export type OnDevice = (device: { kind: 'gpu' | 'cpu'; name: string }, lost?: string) => void

/** Space of one identity, in a thread of its own. Calls as of PostHost. */
export interface PostWorker {
  metadata(): Promise<DataMetadata | undefined>
  sizeBytes(): Promise<number>
  init(task: TaskOptions<InitProgress>): Promise<DataMetadata>
  prove(challenge: Uint8Array, task: TaskOptions<ProveProgress>): Promise<PostProof>
  reset(): Promise<void>
  /** Ends the thread: open files are closed, a call under way never answers. */
  close(): Promise<void>
}

/** An embedded PoET, in a thread of its own. Calls as of PoetService. */
export interface PoetWorker {
  follow(nowMs: number): void
  info(): Promise<PoetInfo>
  submit(request: PoetSubmission): Promise<PoetRegistration>
  proof(roundId: string): Promise<PoetRoundProof | undefined>
  stop(): Promise<void>
}

/** Everything that a node takes from its host. */
export interface NodeModules {
  platform: Platform
  database: Database
  /** What this host can do, measured once at the start. */
  device: DeviceState
  openPost(options: PostHostOptions, onDevice: OnDevice): Promise<PostWorker>
  openPoet(options: PoetHostOptions, onEvent: (event: PoetEvent) => void): Promise<PoetWorker>
  /** Bytes used and allowed for this origin; undefined where the host cannot tell. */
  estimate(): Promise<{ usageBytes: number; quotaBytes: number; persisted: boolean } | undefined>
  /** Deletes every file that post workers made, of any identity. */
  removeFiles(): Promise<void>
  /** Told every new state; the host brings it to all tabs. */
  onState(state: NodeState): void
}
