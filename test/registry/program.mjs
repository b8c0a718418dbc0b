// Stores a session in the type string that it is given, loads it again, and says what it saw.
import { SessionStore } from 'data-session'

const store = await SessionStore.open({ type: process.argv.at(-1), reverseMark: '<' })
const session = await store.create()
session.param('cart', ['apple'])
await session.flush()
const cart = (await store.load(session.id)).param('cart')
await store.close()
console.log(JSON.stringify({ type: store.type, id: session.id, cart }))
