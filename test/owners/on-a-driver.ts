import { expect, test } from 'vitest'
import type { SessionStore } from '../../src/index.ts'
import type { DriverSetup } from '../../src/testing/index.ts'
import { onStorageOf } from '../contract/store-on-setup.ts'
import { allIds, idsOf, login } from './sessions.ts'

/** What owners ask of a driver. */
export function ownerTests(setup: DriverSetup): void {
  test('owners: their sessions are found, moved and deleted, by two stores', () =>
    onStorageOf(setup, async ({ open }) => {
      const [store, another] = [await open(), await open()]
      const [first, second, third] = [
        await login(store, 'alice'),
        await login(another, 'alice'),
        await login(store, 'alice'),
      ]
      const bob = await login(another, 'bob')
      expect(await idsOf(another, 'alice')).toEqual([first.id, second.id, third.id])
      await second.regenerate({ owner: 'bob' })
      expect(await idsOf(store, 'bob')).toEqual([bob.id, second.id])
      await (await another.load(first.id)).touch()
      await third.delete()
      const fourth = await login(store, 'alice')
      expect(await another.deleteOwner('alice', { except: fourth.id })).toBe(1)
      await first.touch().then(
        () => expect.unreachable(),
        (error: unknown) => expect(error).toMatchObject({ code: 'ERR_SESSION_GONE' }),
      )
      await store.deleteOwner('bob')
      expect(await allIds(store)).toEqual([fourth.id])
    }))

  test('owners: of twenty that ask two stores at once for the only place, one has it', () =>
    onStorageOf(setup, async ({ open }) => {
      const isOffered = setup.offers === undefined || setup.offers.includes('replace')
      // Without conditional writes of the driver's own, one store knows of what another does too late.
      const store = await open()
      const stores = [store, isOffered ? await open() : store]
      const ask = async (store: SessionStore): Promise<string> => {
        const session = await store.create()
        session.owner = 'alice'
        expect(await session.admit({ limit: 1 })).toBe(true)
        return session.id
      }
      await Promise.all(Array.from({ length: 20 }, (_, at) => ask(stores[at % 2]!)))
      const left = await idsOf(stores[0]!, 'alice')
      expect(left).toHaveLength(1)
      expect(await allIds(stores[1]!)).toEqual(left)
    }))
}
