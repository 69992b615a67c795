import { proxy, wrap, type Remote } from 'comlink'
import { describe, expect, it } from 'vitest'

import type { LabelStore } from '../../src/post/files.ts'
import { initLabels } from '../../src/post/init.ts'
import { commitment, createCpuLabeler } from '../../src/post/labels.ts'
import { hex } from '../../src/util/bytes.ts'
import { labelStoreCompliance } from '../suites/label-store.ts'
import { MemoryLabelStore } from '../unit/post/memory-label-store.ts'
import type { PostOpfsApi } from './post-opfs.worker.ts'

function startWorker(): { worker: Worker; api: Remote<PostOpfsApi> } {
  const url = new URL('./post-opfs.worker.ts', import.meta.url)
  const worker = new Worker(url, { type: 'module' })
  return { worker, api: wrap<PostOpfsApi>(worker) }
}

const run = Date.now()
let count = 0
const freshName = () => `labels-${run}-${count++}`

const { api } = startWorker()
type Opened = LabelStore & { close(): Promise<void> }
const open = async (name: string) => (await api.open(name)) as unknown as Opened

labelStoreCompliance('OPFS in a worker of Chromium', {
  async fresh() {
    const name = freshName()
    return { store: await open(name), reopen: () => open(name) }
  },
})

it('waits for a file that another worker has open, when it may', async () => {
  const name = freshName()
  const holder = await open(name)
  await holder.write(0, 0, new Uint8Array(16).fill(7))
  const second = startWorker()
  const impatient = (await second.api.open(name)) as unknown as Opened
  await expect(impatient.read(0, 0, 16)).rejects.toThrow('STORAGE_FAILED')
  const patient = (await second.api.openPatient(name)) as unknown as Opened
  const reading = patient.read(0, 0, 16)
  await holder.close()
  expect(hex(await reading)).toBe('07'.repeat(16))
  second.worker.terminate()
})

describe('set-up in a worker', () => {
  const options = {
    nodeId: new Uint8Array(32).fill(0x4d),
    commitmentAtxId: new Uint8Array(32),
    labelsPerUnit: 2048n,
    numUnits: 2,
    maxFileSize: 20_000n,
    scryptN: 128,
    computeBatchSize: 128,
  }

  it('ends the same after its worker was killed several times', async () => {
    const whole = new MemoryLabelStore()
    const id = commitment(options.nodeId, options.commitmentAtxId)
    const labeler = createCpuLabeler({ commitment: id, scryptN: options.scryptN })
    const { signal } = new AbortController()
    const expected = await initLabels(options, { labeler, store: whole }, { signal })

    const name = freshName()
    const seen: number[] = []
    for (const killAt of [300, 1500, 1501, 3900]) {
      const { worker, api: doomed } = startWorker()
      await new Promise<void>((resolve, reject) => {
        const onBatch = (done: number) => {
          seen.push(done)
          if (done < killAt) return
          worker.terminate()
          resolve()
        }
        doomed.init(name, options, 37, proxy(onBatch)).catch(reject)
      })
    }
    const { api: last, worker } = startWorker()
    const metadata = await last.init(
      name,
      options,
      1000,
      proxy(() => undefined),
    )
    worker.terminate()
    expect(metadata).toEqual(expected)
    expect(seen.length).toBeGreaterThan(100)
    const store = await open(name)
    expect((await store.list()).sort()).toEqual([...whole.files.keys()].sort())
    for (const [file, bytes] of whole.files) {
      expect(hex(await store.read(file, 0, 30_000)), `file ${file}`).toBe(hex(bytes))
    }
    expect(await store.getText('postdata_metadata.json')).toBe(
      whole.texts.get('postdata_metadata.json'),
    )
    await store.close()
  })
})
