import { expect, it } from 'vitest'

import { Turns } from '../../../src/util/turns.ts'

it('runs work in order, one at a time, also after a failure', async () => {
  const turns = new Turns()
  const log: string[] = []
  const work = (name: string, fails = false) =>
    turns.take(async () => {
      log.push(`${name} begins`)
      await Promise.resolve()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(await turns.take(() => 7)).toBe(7)
})
