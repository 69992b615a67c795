import type { PoetClient } from '../../../../src/activation/modules.ts'
import type { Schedule } from '../../../../src/activation/schedule.ts'
import { Domain, verifyDomain } from '../../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../../src/crypto/hash.ts'
import { membershipStatement } from '../../../../src/poet/membership.ts'
import { createProver } from '../../../../src/poet/prover.ts'
import type { PoetProof } from '../../../../src/protocol/poet.ts'
import { concat, equalBytes, hex } from '../../../../src/util/bytes.ts'
import type { Clock } from '../../../../src/util/clock.ts'
import { SmeshError } from '../../../../src/util/error.ts'

/**
 * A PoET that keeps the rules of spec 04 (rounds, one challenge of a key in a round, deadline,
 * signature) and proves with the real prover, but works only when it is asked for a proof.
 */
export class TestPoet {
  /** What goes wrong from now on. */
  trouble: 'none' | 'down' | 'refuses' | 'wrong-phase-shift' | 'forgets-members' = 'none'
  leaves: number
  readonly id: string
  readonly submissions: { round: number; challenge: string }[] = []
  readonly #rounds = new Map<number, Map<string, Uint8Array>>()
  readonly #proofs = new Map<number, PoetProof>()
  readonly #schedule: Schedule
  readonly #clock: Clock
  readonly #genesisId: Uint8Array
  readonly #phaseShiftMs: number

  constructor(
    options: { id: string; leaves: number; genesisId: Uint8Array; phaseShiftMs: number },
    modules: { clock: Clock; schedule: Schedule },
  ) {
    this.id = options.id
    this.leaves = options.leaves
    this.#genesisId = options.genesisId
    this.#phaseShiftMs = options.phaseShiftMs
    this.#schedule = modules.schedule
    this.#clock = modules.clock
  }

  #openRound(): number {
    let round = 0
    while (this.#clock.now() >= this.#schedule.roundStartMs(round)) round++
    return round
  }

  #unavailable(problem: string): SmeshError {
    return new SmeshError('POET_UNAVAILABLE', { poetId: this.id, problem })
  }

  #refused(problem: string): SmeshError {
    return new SmeshError('POET_REFUSED', { poetId: this.id, problem })
  }

  client(): PoetClient {
    return {
      id: this.id,
      info: async () => {
        if (this.trouble === 'down') throw this.#unavailable('down')
        const wrong = this.trouble === 'wrong-phase-shift'
        return { phaseShiftMs: this.#phaseShiftMs + (wrong ? 1 : 0) }
      },
      submit: async ({ nodeId, challenge, prefix, signature, deadlineMs }) => {
        if (this.trouble === 'down') throw this.#unavailable('down')
        if (this.trouble === 'refuses') throw this.#refused('invalid proof of work')
        const expected = concat(this.#genesisId, Uint8Array.of(4))
        const genesisId = prefix.subarray(0, 20)
        if (
          !equalBytes(prefix, expected) ||
          !verifyDomain(signature, genesisId, Domain.poet, challenge, nodeId)
        ) {
          throw this.#refused('bad signature')
        }
        const round = this.#openRound()
        if (this.#schedule.roundEndMs(round) > deadlineMs) throw this.#refused('too late')
        const members = this.#rounds.get(round) ?? new Map<string, Uint8Array>()
        this.#rounds.set(round, members)
        const known = members.get(hex(nodeId))
        if (known && !equalBytes(known, challenge)) throw this.#refused('already exists')
        members.set(hex(nodeId), challenge)
        this.submissions.push({ round, challenge: hex(challenge) })
        return {
          roundId: String(round),
          untilRoundEndMs: this.#schedule.roundEndMs(round) - this.#clock.now(),
        }
      },
      proof: async (roundId) => {
        const round = Number(roundId)
        if (this.trouble === 'down') throw this.#unavailable('down')
        if (this.#clock.now() < this.#schedule.roundEndMs(round)) throw this.#unavailable('404')
        let members = [...(this.#rounds.get(round)?.values() ?? [])]
        members.push(hash32(Uint8Array.of(round))) // somebody else
        if (this.trouble === 'forgets-members') members = members.slice(-1)
        let proof = this.#proofs.get(round)
        if (!proof) {
          const prover = createProver({ statement: membershipStatement(members) })
          prover.advance(this.leaves)
          this.#proofs.set(round, (proof = prover.finish()))
        }
        return { proof, poetServiceId: new Uint8Array(32).fill(9), members }
      },
    }
  }
}
