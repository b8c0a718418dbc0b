// Concierge::Sessions' way to program: one live session per user, and a result for every call.
// Run it: npm run build && node dist/scripts/session-manager.js
// In a program of your own: import { SessionManager } from 'data-session'
import { SessionManager } from '../src/index.ts'
import { runExample } from './run-example.ts'

interface Visit {
  cart: string[]
  theme?: string
}

await runExample('Gives each user one live session, and extends it with each save.', async (storageDir) => {
  // The time is told by hand, so that nobody has to wait.
  let now = Date.now()
  await using sessions = await SessionManager.open<Visit>({
    backend: 'database', // sessions.db, as Perl's Concierge::Sessions has it
    storageDir,
    sessionTimeout: '1h',
    clock: () => now,
  })

  const desktop = await sessions.newSession({ userId: 'alice', data: { cart: ['apple'] } })
  if (!desktop.success) throw new Error(desktop.message)
  const { session } = desktop
  console.log(`Alice has session ${session.sessionId} in ${session.storageBackend}`)

  const data = session.getData().value
  data.cart.push('pear')
  data.theme = 'dark'
  console.log(`Changed in place: dirty ${session.isDirty}`)
  await session.save()
  console.log(`Saved: dirty ${session.isDirty}`)

  now += 50 * 60_000
  await session.save()
  now += 50 * 60_000
  console.log(`100 minutes later, with a save in between: valid ${session.isValid}`)

  const mobile = await sessions.newSession({ userId: 'alice' })
  const late = await session.save()
  if (mobile.success) console.log('Alice logs in on another device')
  if (!late.success) console.log(`The first session is over: ${late.code}, active ${session.isActive}`)

  now += 61 * 60_000
  const cleanup = await sessions.cleanupSessions()
  if (cleanup.success) console.log(`Cleaned up ${cleanup.deletedCount}, ${cleanup.active.length} left`)
  const nobody = await sessions.getSession('no-such-session')
  if (!nobody.success) console.log(nobody.message)
})
