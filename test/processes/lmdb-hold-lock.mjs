// node lmdb-hold-lock.mjs PATH: begins a transaction that keeps other writers out, stores something under 'half', says
// so with a line on standard output, and commits when standard input ends.
import { readSync } from 'node:fs'
import { open } from 'lmdb'

const root = open(process.argv[2], { overlappingSync: false })
const form = { encoding: 'binary', keyEncoding: 'binary' }
const sessions = root.openDB('sessions', { ...form, useVersions: true })
root.transactionSync(() => {
  sessions.putSync(Buffer.from('half'), Buffer.alloc(20_000), 0.5)
  console.log('locked')
  // Stops this thread, so that the transaction stays open.
  readSync(0, Buffer.alloc(1))
})
await root.close()
