// node sqlite-hold-lock.mjs DATABASE KIND: begins a transaction that is 'immediate' (keeps writers out) or 'exclusive'
// (keeps everybody out), says so with a line on standard output, and ends it when standard input ends.
import { loadClient } from '../../dist/src/sqlite/clients.js'

const [path, kind] = process.argv.slice(2)
const connection = loadClient()(path)
connection.exec(`begin ${kind}`)
process.stdout.write('locked\n')
for await (const _ of process.stdin);
connection.exec('commit')
connection.close()
