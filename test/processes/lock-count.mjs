// node lock-count.mjs {"stores": [OPTIONS…], "id": ID, "times": TIMES}: in each store adds 1 to the parameter 'count' of
// the session, so many times, by reading and writing without regard to others, under the lock of the session.
import { setImmediate } from 'node:timers/promises'
import { SessionStore } from '../../dist/src/index.js'

const { stores, id, times } = JSON.parse(process.argv[2])

async function count(options) {
  const store = await SessionStore.open({ ...options, onConflict: 'overwrite' })
  for (let left = times; left > 0; left -= 1) {
    const lock = await store.lock(id, { timeout: 60_000, lease: 60_000 })
    const session = await store.load(id)
    const before = session.param('count')
    await setImmediate()
    session.param('count', before + 1)
    await session.flush()
    if (!lock.held) throw new Error(`The lock in ${store.type} was lost`)
    await lock.release()
  }
  await store.close()
}

await Promise.all(stores.map(count))
