import { describe, expect, it } from 'vitest'

import { createCpuLabeler, type Labeler } from '../../../src/post/index.ts'
import type { NodeModules } from '../../../src/runtime/modules.ts'
import { PostHost, type LabelerOptions, type OpenLabeler } from '../../../src/runtime/post-host.ts'
import { SmeshError } from '../../../src/util/error.ts'
import type { MemoryLabelStore } from '../post/memory-label-store.ts'
import { checkLabels, Disk } from './kill-facts.ts'
import { LocalHost } from './local-host.ts'
import { BEGIN, eventCodes, inTime, until } from './scenario.ts'

const PACE = { labels: { batch: 16, batchMs: 250 } }

const checkFiles = (host: LocalHost) =>
  checkLabels(new Disk(host.database.snapshot()), {
    files: host.labels.files,
    metadata: host.labels.texts.get('postdata_metadata.json')!,
  })

/** A card that breaks with `code` in its `failAt`-th batch; a card a try. */
function cards(failures: { code: 'GPU_LOST' | 'GPU_FAILED'; failAt: number }[]) {
  let tries = 0
  return (options: LabelerOptions): Promise<OpenLabeler | undefined> => {
    const failure = failures[tries++]
    const cpu = createCpuLabeler(options)
    let batches = 0
    const labeler: Labeler = {
      batch: 16,
      compute(start, count, task) {
        if (failure && ++batches >= failure.failAt) {
          const context = { reason: 'unknown', message: 'driver reset' }
          return Promise.reject(new SmeshError(failure.code, context))
        }
        return cpu.compute(start, count, task)
      },
      destroy: () => cpu.destroy(),
    }
    return Promise.resolve({ labeler, kind: 'gpu', name: `card ${tries}` })
  }
}

/** `openPost` with a graphics card, over the host's label store. */
const postOn =
  (store: MemoryLabelStore, host: LocalHost, openGpu: ReturnType<typeof cards>) =>
  (...[options, onDevice]: Parameters<NodeModules['openPost']>) => {
    const post = new PostHost(options, {
      store,
      platform: { rest: (ms) => host.time.rest(ms), monotonicMs: () => host.time.now() },
      openGpu,
      openCpu: (label) =>
        Promise.resolve({ labeler: createCpuLabeler(label), kind: 'cpu', name: 'CPU' }),
      onDevice,
    })
    return Promise.resolve({
      metadata: () => post.metadata(),
      sizeBytes: () => post.sizeBytes(),
      init: (task: Parameters<PostHost['init']>[0]) => post.init(task),
      prove: (...args: Parameters<PostHost['prove']>) => post.prove(...args),
      reset: () => post.reset(),
      close: () => Promise.resolve(),
    })
  }

describe('making labels', () => {
  it('pauses at a batch, stays paused over a restart, and goes on to the same bytes', async () => {
    const host = new LocalHost(11, PACE)
    let node = await host.open()
    await node.begin(BEGIN)
    await until(host, ({ smeshing }) => (smeshing.init?.done ?? 0n) >= 48n)
    await inTime(host, node.pauseInit())
    const { phase, init } = (await node.state()).smeshing
    expect(phase).toBe('paused')
    expect(init).toMatchObject({ total: 256n, rate: 0, provider: 'cpu' })
    expect(init!.leftMs).toBeUndefined()
    const size = host.labels.files.get(0)!.length
    expect(size).toBeLessThan(256 * 16)
    await node.pauseInit() // no effect
    await host.time.advance(10_000)
    expect(host.labels.files.get(0)!.length).toBe(size)

    await inTime(host, node.close())
    node = await host.open()
    await host.time.advance(5000)
    expect(host.state.smeshing.phase).toBe('paused')
    expect(host.labels.files.get(0)!.length).toBe(size)

    await node.resumeInit()
    expect((await node.state()).smeshing.phase).toBe('init')
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await node.resumeInit() // no effect
    await node.pauseInit() // no labels are made: no effect
    expect((await node.state()).smeshing.phase).toBe('waitingForPoet')
    await checkFiles(host)
    const codes = await eventCodes(node)
    expect(codes.filter((code) => code.startsWith('INIT_'))).toEqual([
      'INIT_STARTED',
      'INIT_PAUSED',
      'INIT_RESUMED',
      'INIT_STARTED',
      'INIT_COMPLETE',
    ])
    await inTime(host, node.close())
  })

  it('stops with a problem when the disk is full, and goes on when asked', async () => {
    const host = new LocalHost(12, PACE)
    const node = await host.open()
    await node.begin(BEGIN)
    await until(host, ({ smeshing }) => (smeshing.init?.done ?? 0n) >= 48n)
    const write = host.labels.write.bind(host.labels)
    host.labels.write = () => Promise.reject(new SmeshError('STORAGE_FULL', { what: 'labels' }))
    const { smeshing } = await until(host, ({ smeshing }) => smeshing.phase === 'paused')
    expect(smeshing.problem).toMatchObject({ code: 'STORAGE_FULL', context: { what: 'labels' } })
    expect(smeshing.init).toMatchObject({ rate: 0 })
    await node.resumeInit()
    await until(host, ({ smeshing }) => smeshing.phase === 'init')
    const again = await until(host, ({ smeshing }) => smeshing.phase === 'paused')
    expect(again.smeshing.problem?.code).toBe('STORAGE_FULL')
    host.labels.write = write
    await node.startSmeshing({}) // as the screen does when there is nothing to resume
    expect((await node.state()).smeshing.problem).toBeUndefined()
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await checkFiles(host)
    await inTime(host, node.close())
  })

  it('opens a lost card once more, then goes on with the CPU: same bytes, and told', async () => {
    const host = new LocalHost(13)
    const lost = { code: 'GPU_LOST' as const, failAt: 4 }
    const openGpu = cards([lost, { code: 'GPU_FAILED', failAt: 3 }])
    const node = await host.open({
      device: { gpu: { available: true }, files: { available: true }, cores: 1 },
      openPost: postOn(host.labels, host, openGpu),
    })
    await node.begin({ ...BEGIN, provider: 'gpu' })
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await checkFiles(host)
    const events = (await node.events({ limit: 100 })).reverse()
    const told = events.filter(({ code }) => code.startsWith('GPU_'))
    expect(told.map(({ code, level }) => [code, level])).toEqual([
      ['GPU_LOST', 'warning'],
      ['GPU_FALLBACK', 'warning'],
    ])
    expect(told[0]!.context['reason']).toContain('driver reset')
    await inTime(host, node.close())
  })

  it('keeps to the card when it works the second time', async () => {
    const host = new LocalHost(14)
    const openGpu = cards([{ code: 'GPU_LOST', failAt: 2 }])
    const node = await host.open({ openPost: postOn(host.labels, host, openGpu) })
    await node.begin(BEGIN)
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await checkFiles(host)
    const codes = await eventCodes(node)
    expect(codes.filter((code) => code.startsWith('GPU_'))).toEqual(['GPU_LOST'])
    await inTime(host, node.close())
  })

  it('makes labels with the CPU where there is no card', async () => {
    const host = new LocalHost(15)
    const openGpu = () => Promise.resolve(undefined)
    const node = await host.open({ openPost: postOn(host.labels, host, openGpu) })
    await node.begin(BEGIN)
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await checkFiles(host)
    expect((await eventCodes(node)).some((code) => code.startsWith('GPU_'))).toBe(false)
    await inTime(host, node.close())
  })

  it('opens one thread however many ask for it at once', async () => {
    const host = new LocalHost(16)
    let opened = 0
    let closed = 0
    const open = postOn(host.labels, host, () => Promise.resolve(undefined))
    const node = await host.open({
      async openPost(options, onDevice) {
        opened++
        await host.time.rest(100)
        const post = await open(options, onDevice)
        return { ...post, close: () => Promise.resolve(void closed++) }
      },
    })
    await node.begin(BEGIN)
    const reports = [node.storage(), node.storage()]
    await inTime(host, Promise.all(reports))
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    expect((await node.storage()).labelsBytes).toBe(4096n)
    expect(opened).toBe(1)
    await inTime(host, node.close())
    expect(closed).toBe(1)
  })

  it('opens the thread again after it could not be opened', async () => {
    const host = new LocalHost(17)
    const open = postOn(host.labels, host, () => Promise.resolve(undefined))
    let fails = 1
    const node = await host.open({
      openPost: (...args) => (fails-- > 0 ? Promise.reject(new Error('no thread')) : open(...args)),
    })
    await node.begin(BEGIN)
    const { smeshing } = await until(host, ({ smeshing }) => smeshing.phase === 'paused')
    expect(smeshing.problem).toMatchObject({ code: 'INTERNAL', context: { what: 'no thread' } })
    await node.resumeInit()
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await inTime(host, node.close())
  })
})
