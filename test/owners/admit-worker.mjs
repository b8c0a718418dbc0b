// One of several processes: node admit-worker.mjs OPTIONS COUNT
// Makes COUNT sessions at once for alice, of whom one may stay, then as many for bob, of whom three may come. Prints the
// ids of those that got a place.
import { SessionStore } from '../../dist/src/index.js'

const [options, count] = process.argv.slice(2)
const store = await SessionStore.open(JSON.parse(options))

async function login(owner, admission) {
  const asking = Array.from({ length: Number(count) }, async () => {
    const session = await store.create()
    session.owner = owner
    return (await session.admit(admission)) ? session.id : undefined
  })
  return (await Promise.all(asking)).filter((id) => id !== undefined)
}

try {
  const alice = await login('alice', { limit: 1 })
  const bob = await login('bob', { limit: 3, whenFull: 'refuse' })
  console.log(JSON.stringify({ alice, bob }))
} finally {
  await store.close()
}
