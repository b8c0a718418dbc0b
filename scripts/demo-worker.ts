// One of several processes that raise the same counter at once: see the step 'One counter' in demo.ts.
import { SessionStore } from '../src/index.ts'

const [type, dataSource, id, times] = process.argv.slice(2)
if (type === undefined || dataSource === undefined || id === undefined || !/^\d+$/.test(times ?? '')) {
  console.error(
    'Usage: node dist/scripts/demo-worker.js <type string> <SQLite file> <session id> <how many times>',
  )
  process.exitCode = 2
} else {
  // On a slow disk the processes may have to wait for each other.
  await using store = await SessionStore.open<{ hits: number }>({ type, dataSource, timeout: 30_000 })
  for (let done = 0; done < Number(times); done++) {
    await store.update(id, (session) => session.param('hits', (session.param('hits') ?? 0) + 1))
  }
}
