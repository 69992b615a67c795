import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  localNetwork,
  mainnet,
  networkDocument,
  parseNetworkDocument,
} from '../../../src/config/index.ts'
import { isSmeshError, type SmeshError } from '../../../src/util/error.ts'

type Json = Record<string, never> & { [key: string]: unknown }

/** The document of mainnet with one change. */
function changed(path: string, value: unknown): string {
  const document = JSON.parse(networkDocument(mainnet)) as Json
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce<Json>((at, key) => at[key] as unknown as Json, document)
  if (value === undefined) Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, value)
  return JSON.stringify(document)
}

function problemOf(text: string): { path: string; problem: string } {
  try {
    parseNetworkDocument(text)
  } catch (error) {
    if (isSmeshError(error, 'NETWORK_DOCUMENT_INVALID')) {
      return (error as SmeshError<'NETWORK_DOCUMENT_INVALID'>).context
    }
    throw error
  }
  throw new Error('the document was accepted')
}

describe('parseNetworkDocument names the field', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['post.k2', '37', 'post.k2', /whole number from 1 .*got "37"/],
    ['post.k2', 1.5, 'post.k2', /whole number/],
    ['post.k2', undefined, 'post.k2', /missing/],
    ['post.k4', 1, 'post.k4', /not a field/],
    ['post', undefined, 'post', /missing/],
    ['post', 7, 'post', /object/],
    ['post.labelsPerUnit', 4294967296, 'post.labelsPerUnit', /decimal string/],
    ['post.labelsPerUnit', '18446744073709551616', 'post.labelsPerUnit', /to 18446744073709551615/],
    ['post.labelsPerUnit', '007', 'post.labelsPerUnit', /decimal string/],
    ['post.powDifficulty', 'ff', 'post.powDifficulty', /64 hexadecimal digits/],
    ['post.scryptN', 8191, 'post.scryptN', /power of two/],
    ['post.k3', 38, 'post.k3', /k2, which is 37/],
    ['genesis.timeMs', '2023-07-14', 'genesis.timeMs', /UTC time/],
    ['genesis.timeMs', '2023-13-14T08:00:00Z', 'genesis.timeMs', /UTC time/],
    ['genesis.extraData', '', 'genesis.extraData', /1 to 255/],
    ['genesis.accounts.0.address', 'sm1qqqq', 'genesis.accounts[0].address', /sm1/],
    ['genesis.accounts.3.balance', -1, 'genesis.accounts[3].balance', /decimal string/],
    ['poet.servers.1.address', 'ftp://x', 'poet.servers[1].address', /http/],
    ['poet.cycleGapMs', 864_000_001, 'poet.cycleGapMs', /phaseShiftMs/],
    ['poet.tickSize', '999999999999', 'poet.tickSize', /ticks smaller/],
    ['layers.layersPerEpoch', 1, 'layers.layersPerEpoch', /from 2/],
    ['eligibility.confidenceLayers', 4032, 'eligibility.confidenceLayers', /below layersPerEpoch/],
    ['tortoise.hdist', 1, 'tortoise.hdist', /zdist/],
    ['hare3.roundDurationMs', 30_000, 'hare3.roundDurationMs', /fit into zdist/],
    ['hare3.disableLayer', 5, 'hare3.disableLayer', /above enableLayer/],
    ['beacon.q', [1], 'beacon.q[1]', /missing/],
    ['beacon.q', [3, 1], 'beacon.q', /below 1/],
    ['bootstrap.beacons', 'any', 'bootstrap.beacons', /"derived"/],
    ['p2p.bootnodes', ['mainnet'], 'p2p.bootnodes[0]', /multiaddress/],
    ['name', 'Main Net', 'name', /lower-case/],
    ['hrp', 'SM', 'hrp', /lower-case/],
    ['format', 'smesh-network-2', 'format', /smesh-network-1/],
  ])('%s = %j', (path, value, badPath, problem) => {
    const found = problemOf(changed(path, value))
    expect(found.path).toBe(badPath)
    expect(found.problem).toMatch(problem)
  })

  it('a document that is no document', () => {
    for (const text of ['', '{', 'null', '7', '"x"']) expect(problemOf(text).path).toBe('')
    expect(problemOf('{}')).toEqual({ path: 'format', problem: 'is missing; add it' })
  })

  it('two accounts with one address', () => {
    const document = JSON.parse(networkDocument(mainnet)) as { genesis: { accounts: unknown[] } }
    document.genesis.accounts.push(document.genesis.accounts[4])
    expect(problemOf(JSON.stringify(document)).path).toBe('genesis.accounts')
  })

  it('throws nothing but its own error, whatever one field is', () => {
    const document = JSON.parse(networkDocument(localNetwork(0))) as Record<string, Json>
    const fields = Object.entries(document).flatMap(([group, value]) =>
      typeof value === 'object' ? Object.keys(value).map((key) => [group, key] as const) : [],
    )
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), ([group, key], value) => {
        const text = JSON.stringify({ ...document, [group]: { ...document[group], [key]: value } })
        try {
          parseNetworkDocument(text)
        } catch (error) {
          expect(isSmeshError(error, 'NETWORK_DOCUMENT_INVALID')).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
