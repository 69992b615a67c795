import { expose } from 'comlink'

import { browserPlatform } from '../../platform/browser/index.ts'
import { canKeepFiles, removeLabelFolders } from '../../platform/browser/files.ts'
import { findCard } from '../../platform/browser/gpu.ts'
import { STATE_CHANNEL, type DeviceState, type NodeApi, type NodeState } from '../../runtime/api.ts'
import { LocalNode } from '../../runtime/node.ts'
import { problemOf } from '../../runtime/smesher.ts'
import { openIdb } from '../../storage/idb.ts'
import { SmeshError } from '../../util/error.ts'
import { serveTabs } from '../tabs.ts'
import { keepErrorCodes } from '../wire.ts'

import { openPoetOn, openPost } from './hosts.ts'

const DATABASE = 'smesh-local'

const platform = browserPlatform()
const channel = new BroadcastChannel(STATE_CHANNEL)

async function device(): Promise<DeviceState> {
  const [card, files] = await Promise.all([findCard(), canKeepFiles()])
  return {
    gpu:
      'reason' in card
        ? { available: false, reason: card.reason }
        : { available: true, name: card.name, fallback: card.isFallback },
    files: 'reason' in files ? { available: false, reason: files.reason } : files,
    cores: platform.cores,
  }
}

async function estimate() {
  const [{ usage = 0, quota = 0 }, persisted] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted(),
  ])
  return { usageBytes: usage, quotaBytes: quota, persisted }
}

let last: NodeState | undefined
const tell = (state: NodeState) => {
  last = state
  channel.postMessage(state)
}

async function open(): Promise<LocalNode> {
  let node: LocalNode | undefined
  try {
    const database = await openIdb(DATABASE, {
      onClosed: (reason) => node?.fail(new SmeshError('STORAGE_CLOSED', { reason })),
    })
    node = new LocalNode({
      platform,
      database,
      device: await device(),
      openPost,
      openPoet: openPoetOn(DATABASE),
      estimate,
      removeFiles: removeLabelFolders,
      onState: tell,
    })
    await node.open()
    return node
  } catch (error) {
    tell({
      revision: Date.now(),
      phase: 'failed',
      failure: problemOf(error, Date.now()),
      device: { gpu: { available: false }, files: { available: false }, cores: platform.cores },
      smeshing: { phase: 'off', atxs: [], rewardsTotal: 0n, rewardsCount: 0 },
      problems: [],
    })
    throw error
  }
}

const node = open()
node.catch(() => undefined) // told as a state, and again to every call

/** Every call waits for the node to be open. */
const api = new Proxy({} as NodeApi, {
  get: (_target, method) => {
    if (method === 'then') return undefined
    return async (...args: unknown[]) => {
      const opened = (await node) as unknown as Record<PropertyKey, (...a: unknown[]) => unknown>
      return opened[method]!(...args)
    }
  },
})

keepErrorCodes()
expose(api)
serveTabs(api, {
  leaderId: crypto.randomUUID(),
  onHello: () => {
    if (last) tell(last)
  },
})
