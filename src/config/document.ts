import * as v from 'valibot'

import { addressFromText, addressToText } from '../crypto/address.ts'
import { hex } from '../util/bytes.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import { checkConfig } from './check.ts'
import { NetworkSchema, type NetworkConfig } from './schema.ts'

/** Longer documents are refused before they are parsed. */
const MAX_CHARACTERS = 4_000_000

/**
 * The network that a JSON document describes: one object with `format`, `name` and the groups of
 * {@link NetworkConfig} under the same names. Durations are milliseconds; 64-bit values are
 * decimal strings; bytes are hex; `genesis.timeMs` is a UTC time such as `2023-07-14T08:00:00Z`;
 * addresses are bech32 with the document's own `hrp`.
 *
 * @throws {SmeshError} `NETWORK_DOCUMENT_INVALID`: `path` names the first bad field, such as
 *   `post.k2` (empty for the document as a whole), `problem` says what it must be
 */
export function parseNetworkDocument(text: string): NetworkConfig {
  if (text.length > MAX_CHARACTERS) throw invalid('', 'is longer than a network document can be')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid('', `is not JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  const result = v.safeParse(NetworkSchema, withAddressBytes(json), { abortEarly: true })
  if (!result.success) throw fromIssue(result.issues[0])
  const problem = checkConfig(result.output)[0]
  if (problem) throw invalid(problem.path, problem.problem)
  return result.output
}

/** The document of a network; {@link parseNetworkDocument} gives back an equal configuration. */
export function networkDocument(config: NetworkConfig): string {
  const { genesis } = config
  const time = new Date(genesis.timeMs).toISOString().replace('.000Z', 'Z')
  const accounts = genesis.accounts.map(({ address, balance }) => {
    return { address: addressToText(address, config.hrp), balance }
  })
  const document = { ...config, genesis: { ...genesis, timeMs: time, accounts } }
  return `${JSON.stringify(toJson(document), null, 2)}\n`
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]))
}

/** Replaces bech32 texts of genesis accounts by hex, which the schema reads. */
function withAddressBytes(json: unknown): unknown {
  const { hrp, genesis } = (json ?? {}) as { hrp?: unknown; genesis?: { accounts?: unknown } }
  const usable = v.is(NetworkSchema.entries.hrp, hrp) // else the schema complains about it
  if (!usable || !Array.isArray(genesis?.accounts)) return json
  const accounts = genesis.accounts.map((account: unknown, i) => {
    const address = (account as { address?: unknown } | null)?.address
    if (typeof address !== 'string') return account
    return { ...(account as object), address: addressHex(address, hrp, i) }
  })
  return { ...(json as object), genesis: { ...genesis, accounts } }
}

function addressHex(address: string, hrp: string, index: number): string {
  try {
    return hex(addressFromText(address, hrp))
  } catch (error) {
    if (!isSmeshError(error)) throw error
    const path = `genesis.accounts[${index}].address`
    throw invalid(
      path,
      `must be an address of this network, ${hrp}1…; got "${address.slice(0, 80)}"`,
    )
  }
}

const invalid = (path: string, problem: string) =>
  new SmeshError('NETWORK_DOCUMENT_INVALID', { path, problem })

function fromIssue(issue: v.BaseIssue<unknown>): SmeshError {
  const path = (issue.path ?? []).reduce(
    (text, { key }) =>
      typeof key === 'number' ? `${text}[${key}]` : `${text}${text && '.'}${String(key)}`,
    '',
  )
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return invalid(path, 'is not a field of a network document; remove it or correct its name')
  }
  if (issue.received === 'undefined') return invalid(path, 'is missing; add it')
  if (issue.type === 'strict_object') return invalid(path, 'must be an object with named fields')
  return invalid(path, `${issue.message}; got ${issue.received.slice(0, 80)}`)
}
