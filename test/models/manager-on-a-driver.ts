import { expect, test } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import type { DriverSetup } from '../../src/testing/index.ts'
import { onStorageOf } from '../contract/store-on-setup.ts'
import { failed, newSession, storedData, succeeded } from './open-manager.ts'

interface Cart {
  cart: string[]
  name?: string
}

/**
 * What a manager asks of a driver.
 *
 * @param hasOwnTime the server counts the time of expiry by itself, and knows nothing of the test's clock
 */
export function managerTests(setup: DriverSetup, hasOwnTime: boolean): void {
  test('sessions of a manager: from new to gone', () =>
    onStorageOf(setup, async ({ open, clock }) => {
      const manager = new SessionManager({ store: await open() })
      const cart: Cart = { cart: ['apple'] }
      const session = await newSession(manager, { data: cart, sessionTimeout: '1h' })
      const { sessionId } = session

      // changed in place, saved, got
      cart.cart.push('pear')
      cart.name = 'Alice'
      expect(session.isDirty).toBe(true)
      await succeeded(session.save())
      expect(session.isDirty).toBe(false)
      const stored = { cart: ['apple', 'pear'], name: 'Alice' }
      expect(await storedData(manager, sessionId)).toEqual(stored)

      // the window slides, also for who has nothing to say
      clock.advance(3000)
      await succeeded(session.save())
      const { session: again } = await succeeded(manager.getSession(sessionId))
      expect([again.expiresAt, again.isValid]).toEqual([clock.seconds() + 3600, true])
      const indefinite = await newSession(manager, { userId: 'bob', sessionTimeout: 'indefinite' })
      if (!hasOwnTime) {
        clock.advance(3600)
        await succeeded(manager.getSession(sessionId))
        clock.advance(1)
        expect([again.isExpired, again.isValid]).toEqual([true, false])
        await failed(manager.getSession(sessionId))
        expect(await failed(session.save())).toMatchObject({ code: 'ERR_SESSION_GONE' })
      }

      // data that is no object, and one session per user
      const first = await newSession(manager)
      const second = await newSession(manager)
      second.setData(['a', { b: 1 }])
      await succeeded(second.save())
      expect(await storedData(manager, second.sessionId)).toEqual(['a', { b: 1 }])
      expect(await failed(first.save())).toMatchObject({ code: 'ERR_SESSION_GONE' })
      const { active } = await succeeded(manager.cleanupSessions())
      expect(active.sort()).toEqual([second.sessionId, indefinite.sessionId].sort())

      expect(await succeeded(manager.deleteSession(indefinite.sessionId))).toMatchObject({
        message: 'Session deleted',
      })
      expect(await failed(indefinite.save())).toMatchObject({ code: 'ERR_SESSION_GONE' })
      expect(await succeeded(manager.deleteUserSession('alice'))).toMatchObject({ deletedCount: 1 })
      expect(await succeeded(manager.cleanupSessions())).toMatchObject({ active: [] })
    }))
}
