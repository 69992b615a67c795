import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { initLabels } from '../../../src/post/init.ts'
import { commitment, createCpuLabeler } from '../../../src/post/labels.ts'
import { NodeLabelStore } from '../../../src/storage/node/label-store.ts'
import { labelStoreCompliance } from '../../suites/label-store.ts'
import { MemoryLabelStore } from './memory-label-store.ts'

const root = mkdtempSync(join(tmpdir(), 'smesh-labels-'))
afterAll(() => rmSync(root, { recursive: true }))
let count = 0
const freshFolder = () => join(root, String(count++), 'post')

labelStoreCompliance('memory', {
  async fresh() {
    const store = new MemoryLabelStore()
    return { store, reopen: async () => store }
  },
})

labelStoreCompliance('folder of Node', {
  async fresh() {
    const folder = freshFolder()
    return { store: new NodeLabelStore(folder), reopen: async () => new NodeLabelStore(folder) }
  },
})

describe('label store in a folder', () => {
  it('is laid out as the reference lays it out', async () => {
    const options = {
      nodeId: new Uint8Array(32).fill(0x4d),
      commitmentAtxId: new Uint8Array(32),
      labelsPerUnit: 128n,
      numUnits: 2,
      maxFileSize: 1616n,
      scryptN: 2,
      computeBatchSize: 128,
    }
    const folder = freshFolder()
    const store = new NodeLabelStore(folder)
    const id = commitment(options.nodeId, options.commitmentAtxId)
    const labeler = createCpuLabeler({ commitment: id, scryptN: 2 })
    const { signal } = new AbortController()
    const metadata = await initLabels(options, { labeler, store }, { signal })
    await store.close()
    expect(metadata.nonce).toBe(217n)
    expect(readdirSync(folder).sort()).toEqual([
      'postdata_0.bin',
      'postdata_1.bin',
      'postdata_2.bin',
      'postdata_metadata.json',
    ])
    expect(statSync(join(folder, 'postdata_2.bin')).size).toBe(256 * 16 - 2 * 1616)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'postdata_metadata.json')).mode & 0o777).toBe(0o600)
  })

  it('sees only files named as labels are', async () => {
    const folder = freshFolder()
    const store = new NodeLabelStore(folder)
    await store.write(3, 0, new Uint8Array(1))
    for (const name of ['postdata_.bin', 'postdata_01.bin', 'postdata_1_bin', 'xpostdata_1.bin']) {
      writeFileSync(join(folder, name), 'x')
    }
    expect(await store.list()).toEqual([3])
    await store.close()
  })

  it('codes a failure', async () => {
    const folder = freshFolder()
    const store = new NodeLabelStore(join(folder, 'file', 'below'))
    await new NodeLabelStore(folder).putText('file', 'in the way')
    await expect(store.write(0, 0, new Uint8Array(1))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
  })

  it.skipIf(!existsSync('/dev/full'))('says that a full disk is full', async () => {
    const folder = freshFolder()
    mkdirSync(folder, { recursive: true })
    symlinkSync('/dev/full', join(folder, 'postdata_0.bin'))
    const store = new NodeLabelStore(folder)
    await expect(store.write(0, 0, new Uint8Array(16))).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    })
    await store.close()
  })
})
