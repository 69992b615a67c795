/**
 * Why a registration is refused, with the gRPC code and HTTP status that the reference gives it;
 * rows in the order in which the rules are tried.
 */
export const POET_REFUSALS = {
  'invalid-public-key': { grpc: 3, http: 400 },
  'invalid-challenge': { grpc: 3, http: 400 },
  'invalid-signature': { grpc: 3, http: 400 },
  'invalid-hint': { grpc: 3, http: 400 },
  'invalid-certificate': { grpc: 16, http: 401 },
  'invalid-pow-params': { grpc: 3, http: 400 },
  'invalid-pow': { grpc: 3, http: 400 },
  'too-late': { grpc: 9, http: 400 },
  'round-full': { grpc: 8, http: 429 },
  'already-exists': { grpc: 6, http: 409 },
} as const
export type PoetRefusal = keyof typeof POET_REFUSALS
