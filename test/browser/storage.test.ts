import { openIdb } from '../../src/storage/idb.ts'
import { databaseCompliance } from '../suites/database.ts'

let count = 0
databaseCompliance('IndexedDB in Chromium', {
  async fresh() {
    const name = `compliance-${count++}`
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => resolve()
    })
    return { db: await openIdb(name), reopen: () => openIdb(name) }
  },
})
