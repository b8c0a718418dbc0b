// One of several processes at work on one session: node worker.mjs OPTIONS ID NAME COUNT
// Raises the counter `n` COUNT times with `update`, and in between sets parameters of its own with plain flushes.
import { SessionStore } from '../../dist/src/index.js'

const [options, id, name, count] = process.argv.slice(2)
await using(SessionStore.open(JSON.parse(options)), async (store) => {
  for (let step = 1; step <= Number(count); step++) {
    await store.update(id, (session) => session.param('n', session.param('n') + 1))
    const session = await store.load(id)
    session.param(`${name}-${step}`, step)
    await session.flush()
  }
})

async function using(opening, work) {
  const store = await opening
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
