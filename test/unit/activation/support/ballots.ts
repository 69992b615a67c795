import type { Ballot, InnerBallot } from '../../../../src/protocol/ballot.ts'
import type { InnerProposal } from '../../../../src/protocol/proposal.ts'

/** A ballot of a layer; `variant` changes its content. */
export const innerBallot = (layer: number, variant = 0, first = false): InnerBallot => ({
  layer,
  atxId: new Uint8Array(32).fill(1),
  opinionHash: new Uint8Array(32).fill(variant),
  refBallot: new Uint8Array(20).fill(first ? 0 : 2),
  ...(first
    ? {
        epochData: {
          activeSetHash: new Uint8Array(32).fill(variant),
          beacon: new Uint8Array(4).fill(3),
          eligibilityCount: 10,
        },
      }
    : {}),
})

export const wholeBallot = (inner: InnerBallot, smesherId: Uint8Array): Ballot => ({
  ...inner,
  signature: new Uint8Array(64).fill(1),
  smesherId,
  votes: { base: new Uint8Array(20), support: [], against: [], abstain: [] },
  eligibilityProofs: [],
  activeSet: [],
})

export const innerProposal = (ballot: Ballot, variant = 0): InnerProposal => ({
  ballot,
  txIds: [],
  meshHash: new Uint8Array(32).fill(variant),
})
