// Every kind of id there is, how long it is, and what one looks like.
// Run it: npm run build && node dist/scripts/digest.js
import { join } from 'node:path'
// In a program of your own: import { registry, SessionStore } from 'data-session'
import { registry, SessionStore } from '../src/index.ts'
import { runExample } from './run-example.ts'

await runExample('Prints the length of each type of id.', async (folder) => {
  console.log(`${'type'.padEnd(15)}length  an id`)
  // The registry knows every id generator: those of this package, and those that a program has added.
  for (const { name } of registry.list('id')) {
    await using store = await SessionStore.open({
      type: `driver:Memory;id:${name};serialize:JSON`,
      idFile: join(folder, 'last-id'), // for AutoIncrement
      id: 'my.session', // for Static, which gives every session this id
    })
    const { id } = await store.create()
    // UUID16 is 16 octets that are no text.
    const shown = /^[\x21-\x7e]+$/.test(id) ? id : `${Buffer.from(id, 'latin1').toString('hex')} (in hex)`
    console.log(`${name.padEnd(15)}${String(id.length).padStart(6)}  ${shown}`)
  }
})
