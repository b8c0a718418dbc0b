// One file per session, with an id that is a SHA-1 digest, in a program that is no web server.
// Run it: npm run build && node dist/scripts/file.sha1.js
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
// In a program of your own: import { Session } from 'data-session'
import { Session } from '../src/index.ts'
import { runExample } from './run-example.ts'

// Which parameters there are, and of which types: TypeScript then checks every use of them.
interface Visitor {
  name: string
  visits: number
}

await runExample('Keeps a session in a file of its own and finds it again by its id.', async (directory) => {
  const options = {
    type: 'driver:File;id:SHA1;serialize:DataDumper',
    directory,
    // %s stands for the id.
    fileName: 'session.%s.dat',
  }

  const first = await Session.open<Visitor>(options)
  first.param({ name: 'Alice', visits: 1 })
  // Without `await using` a session is stored by close().
  await first.close()

  for (const file of readdirSync(directory).filter((name) => name.startsWith('session.'))) {
    console.log(`${file}:\n  ${readFileSync(join(directory, file), 'latin1')}`)
  }

  // To find a session again, hand its id over. Without one you get a new session.
  const again = await Session.open<Visitor>({ ...options, id: first.id })
  again.param('visits', (again.param('visits') ?? 0) + 1)
  console.log(`${again.param('name')}, visit ${again.param('visits')}, session ${again.id}`)
  await again.close()
})
