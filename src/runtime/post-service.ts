import type { PostService } from '../activation/index.ts'
import { SmeshError } from '../util/error.ts'

import type { PostWorker } from './modules.ts'

/** The post worker as the builder sees it. */
export function postService(post: PostWorker): PostService {
  return {
    async status() {
      const metadata = await post.metadata()
      if (!metadata) throw new SmeshError('POST_INCOMPLETE', { problem: 'there are no labels' })
      const { nodeId, commitmentAtxId, numUnits, labelsPerUnit, nonce } = metadata
      return {
        nodeId,
        commitmentAtxId,
        numUnits,
        labelsPerUnit,
        ...(nonce === undefined ? {} : { vrfNonce: nonce }),
      }
    },
    prove: (challenge, { signal, onProgress }) =>
      post.prove(challenge, {
        signal,
        onProgress: ({ phase, done, total }) => {
          if (phase === 'scan') onProgress?.({ done, total })
        },
      }),
  }
}
