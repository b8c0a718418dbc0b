// What Apache::Session::DBI did: sessions in a database, used as a hash. SQLite here, so that no server is needed;
// with driver:Pg, mysql, ODBC or Oracle and a dataSource of theirs it is the same.
// Run it: npm run build && node dist/scripts/apache-session.dbi.js
import { join } from 'node:path'
// In a program of your own: import { ApacheSession } from 'data-session'
import { ApacheSession } from '../src/index.ts'
import { runExample } from './run-example.ts'

interface Shop {
  name: string
  cart: string[]
}

await runExample('Keeps a session in a database, and uses it as a hash.', async (folder) => {
  const options = {
    type: 'driver:SQLite;id:MD5;serialize:Storable;layout:ApacheSession',
    // A Perl data source would do as well: dbi:SQLite:dbname=…
    DataSource: join(folder, 'sessions.sqlite'),
    lifetime: 60,
  }

  let id: string
  {
    // At the end of the block the session is stored, and the database is closed.
    await using session = await ApacheSession.new<Shop>(options)
    session.name = 'Alice'
    session.cart = ['apple']
    session.cart.push('pear')
    id = session._ID
    console.log(`Made session ${id}`)
  }

  await using session = await ApacheSession.open<Shop>(id, options)
  if (!session) throw new Error('It is gone')
  console.log(`Found session ${session._ID}, for ${session._LIFETIME} seconds from now`)
  for (const [key, value] of Object.entries(session)) console.log(`  ${key}: ${JSON.stringify(value)}`)
  await session.destroy()
  console.log(`Destroyed: ${(await ApacheSession.open(id, options)) === undefined}`)
})
