/**
 * What is kept, store by store, as it lies in the back end. Keys are text (keys.ts); ids in keys are
 * lower-case hex. A change of a record's shape raises {@link SCHEMA_VERSION} and adds a migration.
 */
export interface Schema {
  /** One record a name: network document, clock, wallet, settings. */
  meta: unknown
}

export const SCHEMA_VERSION = 1

/** Stores added by each version, first version first. */
export const STORES_BY_VERSION: (keyof Schema & string)[][] = [['meta']]
