import { it } from 'vitest'

import { liveAndDie } from './support/crash.ts'

it('a node that dies again and again never contradicts itself (100 seeds)', async () => {
  for (let seed = 1000; seed < 1100; seed++) await liveAndDie(seed)
})
