import { vrfLayer } from '../../crypto/vrf-readings.ts'
import type { VotingEligibility } from '../../protocol/ballot.ts'
import { ballotVrfBytes } from '../../protocol/eligibility.ts'
import type { TaskOptions } from '../../util/task.ts'

export interface ProofParams {
  /** Target epoch of the ATX. */
  epoch: number
  beacon: Uint8Array
  vrfNonce: bigint
  /** Slots of the ATX in the epoch. */
  slots: number
  layersPerEpoch: number
}

/** Makes the 80-byte VRF proof of one smesher. */
export interface VrfSigner {
  vrf(alpha: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/**
 * All eligibilities of a smesher in an epoch, by layer and in ascending order of their counters:
 * what its ballots list. One VRF proof a slot.
 * Spec 06 §6; go-spacemesh miner/proposal_builder.go, calcEligibilityProofs.
 */
export async function ballotEligibilities(
  { epoch, beacon, vrfNonce, slots, layersPerEpoch }: ProofParams,
  signer: VrfSigner,
  { signal, onProgress }: TaskOptions,
): Promise<Map<number, VotingEligibility[]>> {
  const byLayer = new Map<number, VotingEligibility[]>()
  for (let j = 0; j < slots; j++) {
    signal.throwIfAborted()
    const signature = await signer.vrf(ballotVrfBytes(beacon, epoch, vrfNonce, j))
    const layer = vrfLayer(signature, epoch, layersPerEpoch)
    const proofs = byLayer.get(layer)
    if (proofs) proofs.push({ j, signature })
    else byLayer.set(layer, [{ j, signature }])
    onProgress?.({ done: BigInt(j + 1), total: BigInt(slots) })
  }
  return byLayer
}
