// What Apache::Session::Win32 did: sessions in the memory of the process. They end with it, and nothing is faster.
// Run it: npm run build && node dist/scripts/apache-session.win32.js
// In a program of your own: import { ApacheSession, SessionStore } from 'data-session'
import { ApacheSession, SessionStore } from '../src/index.ts'
import { runExample } from './run-example.ts'

interface Shop {
  cart: string[]
}

await runExample('Keeps sessions in memory, in one store for all, as a server does.', async () => {
  // Garbage collection, as the original had it: the least recently used go first.
  await using store = await SessionStore.open({
    type: 'driver:Memory;id:MD5;serialize:JSON;layout:ApacheSession',
    maxSessions: 1000,
  })
  const Sessions = ApacheSession.on<Shop>(store, { lifetime: '20m' })

  // Two requests at the same time, each with a session object of its own.
  const first = await Sessions.new()
  const second = await Sessions.open(first._ID)
  if (!second) throw new Error('It is gone')
  first.cart = ['apple']
  // autocommit: it is stored by now, or will be in a moment; this waits for it.
  await first.store()
  console.log(`The other one had opened it before: ${JSON.stringify(second)}`)
  console.log(`Who opens it now sees it: ${JSON.stringify(await Sessions.open(first._ID))}`)

  // `Apache::Status` showed what there was.
  console.log(first.dumpToHtml().replace(first._ID, '…').split('\n').slice(0, 3).join('\n'))
  let count = 0
  await store.traverse(() => count++)
  console.log(`Sessions: ${count}`)
})
