// What Apache::Session::File did: a file for each session, named by its id. Those of Perl's Apache::Session 1.94 are the
// same: it opens this one, too.
// Run it: npm run build && node dist/scripts/apache-session.file.js
import { readdirSync } from 'node:fs'
// In a program of your own: import { ApacheSession } from 'data-session'
import { ApacheSession } from '../src/index.ts'
import { runExample } from './run-example.ts'

interface Shop {
  visits: number
}

await runExample(
  'Keeps sessions in files as Apache::Session::File does, without autocommit.',
  async (folder) => {
    // The options are spelled as in Perl here; directory and idLength will do as well.
    const options = { Directory: folder, IDLength: 32, autocommit: 0 } as const

    const session = await ApacheSession.new<Shop>(options)
    session.visits = 1
    await session.store()
    console.log(`The file is called as the session: ${readdirSync(folder).includes(session._ID)}`)

    // Without autocommit what is not stored is lost.
    session.visits = 100
    await session.close()

    const again = await ApacheSession.open<Shop>(session._ID, options)
    if (!again) throw new Error('It is gone')
    again.visits = (again.visits ?? 0) + 1
    await again.store()
    console.log(`Visits: ${again.visits}`)

    await again.destroy()
    console.log(`Files left: ${readdirSync(folder).length}`)
  },
)
