// node lock-hold.mjs {"stores": [OPTIONS…], "id": ID, "lease": LEASE}: locks the session in each store, prints 'locked',
// and the name of each driver whose lock was lost. When its input ends it ends too, without releasing anything.
import { SessionStore } from '../../dist/src/index.js'

const { stores, id, lease } = JSON.parse(process.argv[2])

await Promise.all(
  stores.map(async (options) => {
    const store = await SessionStore.open(options)
    const lock = await store.lock(id, { timeout: 60_000, lease })
    lock.lost.addEventListener('abort', () => console.log(`lost ${lock.lost.reason.code}`))
  }),
)
console.log('locked')
process.stdin.resume()
