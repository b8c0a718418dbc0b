// node lmdb-read-forever.mjs PATH: begins a transaction that reads, says so with its process id on a line of standard
// output, and ends only when it is killed.
import { open } from 'lmdb'

const root = open(process.argv[2], { overlappingSync: false })
root.useReadTransaction()
console.log(process.pid)
setInterval(() => {}, 60_000)
