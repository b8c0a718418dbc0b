// Ids that count: 101, 103, 105 … The last one lies in a file that all processes share.
// Use such ids only where nobody gains by guessing one; for web sessions take id:SHA256.
// Run it: npm run build && node dist/scripts/file.autoincrement.js
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
// In a program of your own: import { SessionStore } from 'data-session'
import { SessionStore } from '../src/index.ts'
import { runExample } from './run-example.ts'

await runExample('Makes sessions whose ids are counted in a file.', async (directory) => {
  const idFile = join(directory, 'autoinc.session.dat')
  // A store is opened once and gives as many sessions as you like.
  await using store = await SessionStore.open<{ name: string }>({
    type: 'driver:File;id:AutoIncrement;serialize:DataDumper',
    directory,
    idFile,
    idBase: 99, // the first id is idBase + idStep
    idStep: 2,
  })

  for (const name of ['Alice', 'Bob', 'Carol']) {
    const session = await store.create()
    session.param('name', name)
    await session.flush()
    console.log(`${name} has session ${session.id}`)
  }
  console.log(`The id file holds the last one: ${readFileSync(idFile, 'utf8')}`)

  const found = await store.load('103')
  console.log(`Session 103 belongs to ${found.param('name')}`)
})
