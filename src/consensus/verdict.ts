/**
 * What becomes of a message from a peer. `accept`: relayed. `ignore`: not relayed, no penalty.
 * `reject`: not relayed, and the peer that sent it is disconnected. The reason is a constant text
 * for logs and tests.
 */
export type Refused = { outcome: 'ignore' | 'reject'; reason: string }
export type Verdict = { outcome: 'accept' } | Refused

export const accepted = { outcome: 'accept' } as const
export const ignore = (reason: string): Refused => ({ outcome: 'ignore', reason })
export const reject = (reason: string): Refused => ({ outcome: 'reject', reason })
