import { MemoryPoetStore } from './memory-store.ts'
import { poetStoreCompliance } from './store-compliance.ts'

poetStoreCompliance('memory, as the service tests use it', () => {
  const store = new MemoryPoetStore()
  return Promise.resolve({ store, reopen: () => Promise.resolve(store) })
})
