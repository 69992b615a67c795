import type { ProverSnapshot } from '../../src/poet/index.ts'
import { openIdb } from '../../src/storage/idb.ts'
import { PoetServiceRepository } from '../../src/storage/repositories/poet-service.ts'
import { databaseCompliance } from '../suites/database.ts'
import { repositoryCompliance } from '../suites/repositories.ts'
import { poetStoreCompliance } from '../unit/poet/store-compliance.ts'

let count = 0
const chromium = {
  async fresh() {
    const name = `compliance-${count++}`
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => resolve()
    })
    return { db: await openIdb(name), reopen: () => openIdb(name) }
  },
}

databaseCompliance('IndexedDB in Chromium', chromium)
repositoryCompliance('IndexedDB in Chromium', chromium)
poetStoreCompliance('repository over IndexedDB in Chromium', async () => {
  const { db, reopen } = await chromium.fresh()
  const store = new PoetServiceRepository<ProverSnapshot>(db)
  return { store, reopen: async () => new PoetServiceRepository<ProverSnapshot>(await reopen()) }
})
