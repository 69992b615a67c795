import { expose, proxy } from 'comlink'

import type { InitOptions } from '../../src/post/init-options.ts'
import { initLabels } from '../../src/post/init.ts'
import { commitment, createCpuLabeler } from '../../src/post/labels.ts'
import { OpfsLabelStore } from '../../src/storage/opfs-label-store.ts'

async function openFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  return root.getDirectoryHandle(name, { create: true })
}

const api = {
  /** The store itself: its methods are called from the page. */
  open: async (name: string) => proxy(new OpfsLabelStore(await openFolder(name))),

  /** A store that waits for files that another worker has open. */
  openPatient: async (name: string) => {
    const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
    return proxy(new OpfsLabelStore(await openFolder(name), { rest }))
  },

  /** Runs a set-up; `onBatch` is told the labels done. */
  async init(name: string, options: InitOptions, batch: number, onBatch: (done: number) => void) {
    const store = new OpfsLabelStore(await openFolder(name))
    const id = commitment(options.nodeId, options.commitmentAtxId)
    const labeler = { ...createCpuLabeler({ commitment: id, scryptN: options.scryptN }), batch }
    const { signal } = new AbortController()
    const onProgress = ({ done }: { done: bigint }) => onBatch(Number(done))
    const metadata = await initLabels(options, { labeler, store }, { signal, onProgress })
    await store.close()
    return metadata
  },
}

export type PostOpfsApi = typeof api
expose(api)
