// One of several processes at which users log in: node new-session-worker.mjs OPTIONS
// Asks for sessions of each user in OPTIONS, as often as is said there, all at once, of a manager with his policy.
// Prints the ids of those that were given, by user.
import { SessionManager } from '../../dist/src/index.js'

const { users, ...store } = JSON.parse(process.argv[2])
const given = {}
for (const [userId, { times, ...policy }] of Object.entries(users)) {
  const manager = await SessionManager.open({ ...store, ...policy })
  const results = await Promise.all(
    Array.from({ length: times }, () => manager.newSession({ userId, data: { pid: process.pid } })),
  )
  for (const { success, code, message } of results) {
    if (!success && code !== 'ERR_SESSION_LIMIT') throw new Error(`${code} ${message}`)
  }
  given[userId] = results.filter(({ success }) => success).map(({ session }) => session.sessionId)
  await manager.close()
}
console.log(JSON.stringify(given))
