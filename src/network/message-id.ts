import { hash32 } from '../crypto/hash.ts'
import { utf8 } from '../util/bytes.ts'

/** Id of a gossip message; 32 bytes. Spec 05 §2.1; go-spacemesh p2p/pubsub. */
export const gossipMessageId = (topic: string, data: Uint8Array): Uint8Array =>
  hash32(utf8(topic), data)
