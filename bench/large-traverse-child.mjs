// Traverses the store that its one argument describes, and prints what that took as JSON.

import { SessionStore } from '../dist/src/index.js'

const store = await SessionStore.open(JSON.parse(process.argv[2]))
const start = performance.now()
const before = process.memoryUsage.rss()
let count = 0
let most = before
for await (const id of store.ids()) {
  if (id && ++count % 1000 === 0) most = Math.max(most, process.memoryUsage.rss())
}
const seconds = (performance.now() - start) / 1000
await store.close()
console.log(JSON.stringify({ count, seconds, grownBy: most - before }))
