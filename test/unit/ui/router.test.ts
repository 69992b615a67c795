import { expect, it } from 'vitest'

import { matchRoute, sectionOf } from '../../../src/ui/router.ts'

const ID = 'ab'.repeat(32)

it.each([
  ['/', 'home', 'home'],
  ['/index.html', 'home', 'home'],
  ['/wallet', 'wallet', 'wallet'],
  ['/wallet/', 'wallet', 'wallet'],
  ['/wallet/send', 'send', 'wallet'],
  ['/wallet/receive', 'receive', 'wallet'],
  [`/wallet/tx/${ID}`, 'transaction', 'wallet'],
  ['/smeshing', 'smeshing', 'smeshing'],
  ['/smeshing/rewards', 'rewards', 'smeshing'],
  ['/smeshing/events', 'events', 'smeshing'],
  ['/settings', 'settings', 'settings'],
  ['/walet', 'unknown', undefined],
  ['/wallet/tx/12', 'unknown', undefined],
  ['/constructor', 'unknown', undefined],
  ['/wallet/send/more', 'unknown', undefined],
])('%s is %s', (path, name, section) => {
  const route = matchRoute(path)
  expect(route.name).toBe(name)
  expect(sectionOf(route)).toBe(section)
})

it('takes ids of any case, with or without 0x', () => {
  expect(matchRoute(`/wallet/tx/0x${ID.toUpperCase()}`)).toEqual({ name: 'transaction', id: ID })
})
