// The page: brings the screens and the node's connection together. Nothing else imports both.
import { mountApp } from './ui/app.ts'
import { NodeConnection } from './workers/client.ts'

const connection = new NodeConnection()
const client = Object.assign(connection, {
  browser: { persist: () => navigator.storage.persist() },
})
mountApp(document.getElementById('app')!, client)
