// node hash-count.mjs {"stores": [OPTIONS…], "ids": [ID…], "times": TIMES}: in each store adds 1 to `count` of the session,
// so many times, opening it under its lock each time. With "hold" instead of "times": opens them, prints 'locked', and
// keeps them.
import { setImmediate } from 'node:timers/promises'
import { ApacheSession, SessionStore } from '../../dist/src/index.js'

const { stores, ids, times, hold } = JSON.parse(process.argv[2])
const lock = { timeout: 60_000, lease: hold ?? 60_000 }

async function count(options, at) {
  const store = await SessionStore.open({ ...options, onConflict: 'overwrite' })
  for (let left = times; left > 0; left -= 1) {
    const session = await ApacheSession.open(ids[at], { store, lock })
    const before = session.count
    await setImmediate()
    session.count = before + 1
    await session.close()
  }
  await store.close()
}

async function keep(options, at) {
  const session = await ApacheSession.open(ids[at], { ...options, lock })
  session.count += 1
  await session.store()
}

await Promise.all(stores.map(hold ? keep : count))
if (hold) {
  console.log('locked')
  process.stdin.resume()
}
