import 'fake-indexeddb/auto'

import { openIdb } from '../../../src/storage/idb.ts'
import { MemoryDatabase } from '../../../src/storage/memory.ts'
import { databaseCompliance } from '../../suites/database.ts'

databaseCompliance('memory', {
  fresh() {
    const db = new MemoryDatabase()
    return Promise.resolve({
      db,
      reopen: () => Promise.resolve(new MemoryDatabase(db.snapshot())),
    })
  },
})

let count = 0
databaseCompliance('IndexedDB code over fake-indexeddb', {
  async fresh() {
    const name = `test-${count++}`
    return { db: await openIdb(name), reopen: () => openIdb(name) }
  },
})
