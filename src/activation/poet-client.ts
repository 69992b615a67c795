import type { PoetInfo, PoetRegistration, PoetRoundProof, PoetSubmission } from '../poet/index.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import type { PoetClient } from './modules.ts'

/** A PoET in reach of a call: in this thread, or behind a worker. */
export interface ReachablePoet {
  info(): PoetInfo | Promise<PoetInfo>
  submit(request: PoetSubmission): Promise<PoetRegistration>
  proof(roundId: string): Promise<PoetRoundProof | undefined>
}

/** Client of the PoET that the host itself runs; it asks for no certificate and no work. */
export function embeddedPoetClient(id: string, poet: ReachablePoet): PoetClient {
  const call = async <T>(request: () => T | Promise<T>): Promise<T> => {
    try {
      return await request()
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      const code = isSmeshError(error, 'POET_REGISTRATION_REFUSED')
        ? 'POET_REFUSED'
        : 'POET_UNAVAILABLE' // not running, or a store that failed for now
      throw new SmeshError(code, { poetId: id, problem }, { cause: error })
    }
  }
  return {
    id,
    info: ({ signal }) => {
      signal.throwIfAborted()
      return call(() => poet.info())
    },
    async submit({ nodeId, challenge, prefix, signature, deadlineMs }, { signal }) {
      signal.throwIfAborted()
      const request = { nodeId, challenge, prefix, signature, deadlineMs }
      const { roundId, roundEndMs } = await call(() => poet.submit(request))
      return { roundId, untilRoundEndMs: roundEndMs }
    },
    async proof(roundId, { signal }) {
      signal.throwIfAborted()
      const found = await call(() => poet.proof(roundId))
      if (!found) {
        const problem = `round ${roundId} has no proof yet`
        throw new SmeshError('POET_UNAVAILABLE', { poetId: id, problem })
      }
      return { proof: found.proof, poetServiceId: found.servicePubkey, members: found.members }
    },
  }
}
