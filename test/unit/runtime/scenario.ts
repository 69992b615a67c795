import { expect } from 'vitest'

import type { BeginOptions, NodeState } from '../../../src/runtime/api.ts'
import type { NodeModules } from '../../../src/runtime/modules.ts'
import type { LocalNode } from '../../../src/runtime/node.ts'
import { MemoryDatabase, type MemorySnapshot } from '../../../src/storage/memory.ts'
import { MemoryLabelStore } from '../post/memory-label-store.ts'
import { checkChain, checkSigned, Disk } from './kill-facts.ts'
import { LocalHost } from './local-host.ts'

export const BEGIN: BeginOptions = { unitLabels: 256n, numUnits: 1, provider: 'auto' }

/** Lets time pass until the state says so; fails when it does not within `maxMs`. */
export async function until(
  host: LocalHost,
  holds: (state: NodeState) => boolean,
  maxMs = 120_000,
): Promise<NodeState> {
  await host.time.advance(maxMs, () => holds(host.state))
  const { phase, failure, smeshing, problems } = host.state
  const what = JSON.stringify({ phase, failure, smeshing: smeshing.phase, problems })
  expect(holds(host.state), `not within ${maxMs} ms: ${what}`).toBe(true)
  return host.state
}

/** Lets time pass until `call` has settled, at most a minute. */
export async function inTime<T>(host: LocalHost, call: Promise<T>): Promise<T> {
  let settled = false
  const end = () => (settled = true)
  call.then(end, end)
  await host.time.advance(60_000, () => settled)
  expect(settled, 'the call is answered').toBe(true)
  return call
}

/** Lets time pass up to the middle of a layer, when everything of it is done. */
export async function afterLayer(host: LocalHost, layer: number): Promise<NodeState> {
  await until(host, ({ chain }) => (chain?.lastAppliedLayer ?? 0) >= layer)
  await host.time.advance(300)
  return host.state
}

/** Codes of events, oldest first. */
export async function eventCodes(node: LocalNode): Promise<string[]> {
  return (await node.events({ limit: 500 })).map(({ code }) => code).reverse()
}

/** Everything on the host's disk follows from what was signed, and nothing was signed twice. */
export function checkDisk(host: LocalHost) {
  const disk = new Disk(host.database.snapshot())
  return { disk, ...checkSigned(disk), ...checkChain(disk) }
}

interface Kept {
  database: MemorySnapshot
  files: Map<number, Uint8Array>
  texts: Map<string, string>
  timeMs: number
}

/** A host whose account was paid a few rewards: made once, copied for each test. */
let rich: Promise<Kept> | undefined

async function makeRich(): Promise<Kept> {
  const host = new LocalHost(7)
  const node = await host.open()
  await node.begin(BEGIN)
  await afterLayer(host, 22)
  await node.close()
  const { files, texts } = host.labels
  return { database: host.database.snapshot(), files, texts, timeMs: host.time.now() }
}

export async function richHost(
  overrides: Partial<NodeModules> = {},
): Promise<{ host: LocalHost; node: LocalNode; address: string }> {
  const kept = await (rich ??= makeRich())
  const host = new LocalHost(8)
  await host.time.advance(kept.timeMs - host.time.now())
  host.database = new MemoryDatabase(structuredClone(kept.database))
  host.labels = new MemoryLabelStore()
  for (const [file, bytes] of kept.files) host.labels.files.set(file, bytes.slice())
  for (const [name, text] of kept.texts) host.labels.texts.set(name, text)
  const node = await host.open(overrides)
  expect(host.state.phase).toBe('running')
  return { host, node, address: host.state.wallet!.accounts[0]!.address }
}
