import type { ProverSnapshot } from '../../../src/poet/prover.ts'
import { MemoryDatabase } from '../../../src/storage/memory.ts'
import { PoetServiceRepository } from '../../../src/storage/repositories/poet-service.ts'
import { poetStoreCompliance } from './store-compliance.ts'

poetStoreCompliance('the repository that hosts use', () => {
  const database = new MemoryDatabase()
  const open = () => new PoetServiceRepository<ProverSnapshot>(database)
  return Promise.resolve({ store: open(), reopen: () => Promise.resolve(open()) })
})
