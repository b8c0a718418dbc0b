// What Apache::Session::IPC did: sessions in memory that several processes share. LMDB is a file that they all have
// mapped into their memory; unlike shared memory it outlives them.
// Run it: npm install lmdb && npm run build && node dist/scripts/apache-session.ipc.js
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
// In a program of your own: import { ApacheSession } from 'data-session'
import { ApacheSession } from '../src/index.ts'
import { runExample } from './run-example.ts'

interface Shop {
  sold: number
}

const optionsFor = (folder: string) => ({
  type: 'driver:LMDB;id:MD5;serialize:JSON;layout:ApacheSession',
  dataSource: join(folder, 'sessions.lmdb'),
  // Nobody else has the session open meanwhile: they wait their turn.
  lock: true,
  timeout: 60_000,
})

const [, , task, folder = '', id = ''] = process.argv
if (task === 'sell') await sell()
else
  await runExample('Lets processes share a session, one at a time, and loses no count.', shareAmongProcesses)

async function shareAmongProcesses(folder: string): Promise<void> {
  const session = await ApacheSession.new<Shop>(optionsFor(folder))
  session.sold = 0
  await session.close()
  const clerks = [1, 2, 3].map(() => fork(fileURLToPath(import.meta.url), ['sell', folder, session._ID]))
  await Promise.all(clerks.map((clerk) => once(clerk, 'exit')))
  await using after = await ApacheSession.open<Shop>(session._ID, optionsFor(folder))
  console.log(`Three processes sold ten tickets each: ${after?.sold}`)
}

async function sell(): Promise<void> {
  for (let count = 0; count < 10; count++) {
    await using session = await ApacheSession.open<Shop>(id, optionsFor(folder))
    if (session) session.sold = (session.sold ?? 0) + 1
  }
}
