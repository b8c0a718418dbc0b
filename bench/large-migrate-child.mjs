// Migrates between the stores that its one argument describes, and prints what that took as JSON.

import { migrate } from '../dist/src/index.js'

const { from, to } = JSON.parse(process.argv[2])
const before = process.memoryUsage.rss()
let most = before
const summary = await migrate(from, to, {
  verify: true,
  onProgress: () => (most = Math.max(most, process.memoryUsage.rss())),
})
console.log(JSON.stringify({ ...summary, grownBy: most - before }))
