import type { AtxRecord, StoredProof } from './atx-store.ts'

/** Why an ATX is refused; its sender is at fault. The order is that of the checks. Spec 08 §3.3. */
export type AtxRejectReason =
  | 'undecodable'
  | 'wrong_id'
  | 'invalid_signature'
  | 'nipost_missing'
  | 'post_missing'
  | 'post_metadata_missing'
  | 'publish_epoch_too_far'
  | 'positioning_missing'
  | 'initial_post_missing'
  | 'node_id_missing'
  | 'vrf_nonce_missing'
  | 'commitment_missing'
  | 'commitment_empty'
  | 'sequence_not_zero'
  | 'labels_per_unit_too_small'
  | 'vrf_nonce_invalid'
  | 'initial_post_invalid'
  | 'node_id_unexpected'
  | 'initial_post_unexpected'
  | 'commitment_unexpected'
  | 'commitment_not_found'
  | 'commitment_not_older'
  | 'previous_not_found'
  | 'previous_of_other_smesher'
  | 'previous_not_older'
  | 'sequence_not_next'
  | 'previous_units_unknown'
  | 'positioning_not_found'
  | 'positioning_not_older'
  | 'units_out_of_range'
  | 'post_invalid'
  | 'poet_proof_unavailable'
  | 'membership_invalid'
  | 'weight_overflow'

/** Why an ATX is not taken, without blame. */
export type AtxIgnoreReason =
  | 'known'
  | 'fetching_references'
  | 'version_unsupported'
  /** The malfeasance path: `proof` condemns the author. */
  | 'post_index_invalid'
  | 'own_double_publish'
  | 'own_wrong_previous'

/**
 * What becomes of an ATX. An accepted one with a proof is stored but not relayed: the proof is
 * relayed instead.
 */
export type AtxVerdict =
  | { readonly verdict: 'accept'; readonly atx: AtxRecord; readonly proof?: StoredProof }
  | { readonly verdict: 'ignore'; readonly reason: AtxIgnoreReason; readonly proof?: StoredProof }
  | { readonly verdict: 'reject'; readonly reason: AtxRejectReason }
