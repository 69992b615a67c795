import 'fake-indexeddb/auto'

import type { ProverSnapshot } from '../../../src/poet/index.ts'
import { openIdb } from '../../../src/storage/idb.ts'
import { MemoryDatabase } from '../../../src/storage/memory.ts'
import { PoetServiceRepository } from '../../../src/storage/repositories/poet-service.ts'
import type { DatabaseHost } from '../../suites/database.ts'
import { repositoryCompliance } from '../../suites/repositories.ts'
import { poetStoreCompliance } from '../poet/store-compliance.ts'

let count = 0
const hosts: Record<string, DatabaseHost> = {
  memory: {
    fresh() {
      const db = new MemoryDatabase()
      let newest = db
      const reopen = () => Promise.resolve((newest = new MemoryDatabase(newest.snapshot())))
      return Promise.resolve({ db, reopen })
    },
  },
  'fake-indexeddb': {
    async fresh() {
      const name = `repositories-${count++}`
      return { db: await openIdb(name), reopen: () => openIdb(name) }
    },
  },
}

for (const [name, host] of Object.entries(hosts)) {
  repositoryCompliance(name, host)
  poetStoreCompliance(`repository over ${name}`, async () => {
    const { db, reopen } = await host.fresh()
    const store = new PoetServiceRepository<ProverSnapshot>(db)
    return { store, reopen: async () => new PoetServiceRepository<ProverSnapshot>(await reopen()) }
  })
}
