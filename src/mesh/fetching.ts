import { isAbort } from '../util/abort.ts'

/** True when it could be fetched; an aborted call throws. */
export async function fetched(fetching: Promise<void>): Promise<boolean> {
  try {
    await fetching
    return true
  } catch (error) {
    if (isAbort(error)) throw error
    return false
  }
}
