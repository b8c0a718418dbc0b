// A first session, kept in a SQLite file: make one, find it again by its id.
// Run it: npm run build && node dist/scripts/sqlite.js
import { join } from 'node:path'
// In a program of your own: import { Session } from 'data-session'
import { Session } from '../src/index.ts'
import { runExample } from './run-example.ts'

await runExample('Keeps a session in a SQLite file and finds it again.', async (folder) => {
  const options = {
    // Three choices: where sessions are stored, how ids are made, and in which format a session is written.
    // With these three, a Perl program that uses Data::Session reads the file too.
    type: 'driver:SQLite;id:SHA1;serialize:DataDumper',
    // A path would do as well. The table is made when it is not there.
    dataSource: `dbi:SQLite:dbname=${join(folder, 'sessions.sqlite')}`,
  }

  let id: string
  {
    // At the end of the block, `await using` stores the session and closes the file.
    await using session = await Session.open(options)
    session.param('name', 'Alice')
    session.param('cart', [{ sku: 'SKU-1', quantity: 2 }])
    id = session.id
    console.log(`Made session ${id}`)
  }

  // Time passes: another request, another process, another day. All that is left is the id.
  await using session = await Session.open({ ...options, id })
  console.log(`Found session ${session.id}, ${session.isNew ? 'a new one' : 'the same as before'}`)
  for (const name of session.param()) console.log(`  ${name}: ${JSON.stringify(session.param(name))}`)
})
