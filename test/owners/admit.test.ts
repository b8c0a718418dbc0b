import { describe, expect, test } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import { type Admission, InvalidOptionError, type Session } from '../../src/index.ts'
import { idsOf, useStore } from './sessions.ts'

const context = useStore()

async function ask(admission: Admission, owner = 'alice'): Promise<{ session: Session; got: boolean }> {
  const session = await context.store.create()
  session.owner = owner
  return { session, got: await session.admit(admission) }
}

describe('one of at most so many', () => {
  test('the oldest go', async () => {
    const sessions: Session[] = []
    for (let count = 0; count < 5; count++) sessions.push((await ask({ limit: 2 })).session)
    expect(await idsOf(context.store, 'alice')).toEqual([sessions[3]!.id, sessions[4]!.id])
    expect(await context.store.find(sessions[2]!.id)).toBeUndefined()
  })

  test('or the newest is refused, and is not there', async () => {
    const first = await ask({ limit: 2, whenFull: 'refuse' })
    const second = await ask({ limit: 2, whenFull: 'refuse' })
    const third = await ask({ limit: 2, whenFull: 'refuse' })
    expect([first.got, second.got, third.got]).toEqual([true, true, false])
    expect(third.session.deleted).toBe(true)
    expect(await context.store.find(third.session.id)).toBeUndefined()
    expect(await idsOf(context.store, 'alice')).toEqual([first.session.id, second.session.id])
  })

  test('those that are gone do not count', async () => {
    const { session } = await ask({ limit: 1, whenFull: 'refuse' })
    await context.store.remove(session.id)
    expect((await ask({ limit: 1, whenFull: 'refuse' })).got).toBe(true)
    const other = await ask({ limit: 2, whenFull: 'refuse' })
    other.session.expire(10)
    await other.session.flush()
    expect((await ask({ limit: 2, whenFull: 'refuse' })).got).toBe(false)
    context.clock.advance(11)
    expect((await ask({ limit: 2, whenFull: 'refuse' })).got).toBe(true)
  })

  test.each(['replace', 'refuse'] as const)(
    'one that was removed a moment ago costs nobody else his place: %s',
    async (whenFull) => {
      const { session: stays } = await ask({ limit: 2, whenFull })
      const { session: goes } = await ask({ limit: 2, whenFull })
      await context.store.remove(goes.id)
      const { session, got } = await ask({ limit: 2, whenFull })
      expect(got).toBe(true)
      expect(await idsOf(context.store, 'alice')).toEqual([stays.id, session.id])
    },
  )

  test('a session that has its place keeps it when it asks again', async () => {
    const { session } = await ask({ limit: 1, whenFull: 'refuse' })
    expect(await session.admit({ limit: 1, whenFull: 'refuse' })).toBe(true)
    expect(await session.admit({ limit: 1 })).toBe(true)
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
  })

  test('also where the list was lost', async () => {
    const { session } = await ask({ limit: 1 })
    const driver = new Memory({ memoryName: context.memoryName }, context.clock.now)
    driver.open()
    expect(driver.remove(hiddenId('owner', 'alice'))).toBe(true)
    expect(await idsOf(context.store, 'alice')).toEqual([])
    expect(await session.admit({ limit: 1 })).toBe(true)
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
    await context.store.purge()
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
  })

  test('those that never asked count as well', async () => {
    const plain = await context.store.create()
    plain.owner = 'alice'
    await plain.flush()
    const { session } = await ask({ limit: 1 })
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
  })

  test('every owner for himself, and any number if there is no limit', async () => {
    const bob = await ask({ limit: 1 }, 'bob')
    const [a, b] = [await ask({ limit: Infinity }), await ask({ limit: Infinity })]
    expect(await idsOf(context.store, 'alice')).toEqual([a.session.id, b.session.id])
    expect(await idsOf(context.store, 'bob')).toEqual([bob.session.id])
  })

  test('what is asked for must make sense', async () => {
    const nobody = await context.store.create()
    await expect(nobody.admit({ limit: 1 })).rejects.toThrow(InvalidOptionError)
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await expect(ask({ limit })).rejects.toThrow(InvalidOptionError)
    }
    await expect(ask({ limit: 1, whenFull: 'wait' as 'refuse' })).rejects.toThrow(InvalidOptionError)
  })
})

describe('a hundred at once', () => {
  test('leave one', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => ask({ limit: 1 })))
    const left: string[] = []
    for (const { session } of all) if (await context.store.find(session.id)) left.push(session.id)
    expect(left).toHaveLength(1)
    expect(await idsOf(context.store, 'alice')).toEqual(left)
  })

  test('leave three', async () => {
    await Promise.all(Array.from({ length: 100 }, () => ask({ limit: 3 })))
    expect(await idsOf(context.store, 'alice')).toHaveLength(3)
  })

  test('and three get in', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => ask({ limit: 3, whenFull: 'refuse' })))
    const admitted = all.filter(({ got }) => got).map(({ session }) => session.id)
    expect(admitted).toHaveLength(3)
    expect((await idsOf(context.store, 'alice')).sort()).toEqual(admitted.sort())
  })
})
