import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FreezeError } from '../../src/errors.ts'
import { migrate, type MigrationSummary, type SessionOptions, SessionStore } from '../../src/index.ts'
import { expiresAt, isExpired, type SessionRecord } from '../../src/record.ts'
import { TestClock } from '../support/clock.ts'
import { contents } from './stores.ts'

const layouts = ['DataSession', 'CGISession', 'ApacheSession', 'Concierge', 'ExpressSession']
const clock = new TestClock()
let stores = 0

function storeOf(layout: string): SessionOptions {
  const type = `driver:Memory;id:UUID36;serialize:JSON;layout:${layout}`
  return { type, memoryName: `translate-${stores++}`, clock: clock.now }
}

interface Given {
  readonly params: Readonly<Record<string, unknown>>
  readonly etime?: number
  readonly deadline?: number
  readonly ptime?: Readonly<Record<string, number>>
}

async function make(
  options: SessionOptions,
  { params, etime = 0, deadline = 0, ptime = {} }: Given,
): Promise<void> {
  await using store = await SessionStore.open({ ...options, expire: etime, deadline })
  const session = await store.load('the id')
  for (const [name, value] of Object.entries(params)) session.param(name, value)
  session.expire({ ...ptime })
  await session.flush()
}

const pairs = layouts.flatMap((from) => layouts.map((to) => [from, to] as const))

describe.each(pairs)('from %s to %s', (from, to) => {
  const given = fc.record({
    params: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/).filter((name) => name !== 'cookie'),
      fc.jsonValue(),
      {
        minKeys: 1,
      },
    ),
    etime: fc.nat(10 ** 6),
    deadline: fc.nat(10 ** 6),
    lifetime: fc.nat(10 ** 6),
  })

  async function migrated(
    value: Given,
  ): Promise<{ summary: MigrationSummary; before: SessionRecord; after: SessionRecord }> {
    const [source, target] = [storeOf(from), storeOf(to)]
    await make(source, value)
    const summary = await migrate(source, target, { verify: true })
    const before = (await contents(source)).get('the id')!
    return { summary, before, after: (await contents(target)).get('the id')! }
  }

  test('what a session has stays', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ params, etime, deadline, lifetime }) => {
        const [name = ''] = Object.keys(params)
        const ptime = lifetime === 0 ? {} : { [name]: lifetime }
        const { summary, before, after } = await migrated({ params, etime, deadline, ptime })
        expect(summary).toMatchObject({ read: 1, written: 1, verified: 1, different: 0 })
        expect(after.params).toEqual(before.params)
        expect(after.ptime).toEqual(before.ptime)
        expect([after.id, after.etime, after.deadline]).toEqual([before.id, before.etime, before.deadline])
        const dropped = Object.keys(summary.dropped)
        for (const time of ['atime', 'ctime'] as const) {
          if (!dropped.includes(time)) expect(after[time]).toBe(before[time])
        }
        if (etime !== 0 && !before.timeless) expect(after.atime).toBe(before.atime)
        const [end, now] = [expiresAt(before), clock.seconds]
        // CGI::Session's sessions end a second earlier.
        if (end !== undefined && end > now + 1) expect(isExpired(after, now)).toBe(false)
      }),
      { numRuns: 10 },
    )
  })
})

test('what only one layout knows is left out, and counted', async () => {
  const [cgi, data] = [storeOf('CGISession'), storeOf('DataSession')]
  await make(cgi, { params: { cart: 1 } })
  expect((await migrate(cgi, data)).dropped).toEqual({ _SESSION_REMOTE_ADDR: 1 })
  expect((await contents(data)).get('the id')!.extra).toBe(undefined)
  expect((await migrate(cgi, storeOf('CGISession'))).dropped).toEqual({})

  const concierge = storeOf('Concierge')
  await make(concierge, { params: { cart: 1 } })
  expect((await migrate(concierge, storeOf('ExpressSession'))).dropped).toMatchObject({
    status: 1,
  })
  expect((await migrate(data, storeOf('ApacheSession'))).dropped).toEqual({ atime: 1, ctime: 1 })
})

test('a parameter whose name the target has for itself is not lost in silence', async () => {
  const cgi = storeOf('CGISession')
  await make(cgi, { params: { _cart: 1 } })
  const reasons: string[] = []
  const target = storeOf('DataSession')
  const summary = await migrate(cgi, target, { onProblem: ({ reason }) => reasons.push(reason) })
  expect(summary).toMatchObject({ quarantined: 1, written: 0, dropped: {} })
  expect(reasons).toEqual([
    new FreezeError('layout:DataSession', reasons[0]!.split('cannot keep ')[1]!).message,
  ])
  expect(reasons[0]).toContain('"_cart"')
})

test.each(pairs)('an owner goes along, and its sessions are found, from %s to %s', async (from, to) => {
  const [source, target] = [storeOf(from), storeOf(to)]
  await make(source, { params: { a: 1 } })
  await using before = await SessionStore.open(source)
  const session = await before.load('the id')
  session.owner = 'Zoë'
  await session.flush()
  const summary = await migrate(source, target, { verify: true })
  expect(summary).toMatchObject({ read: 1, written: 1, verified: 1, different: 0 })
  await using after = await SessionStore.open(target)
  const found: [string, unknown][] = []
  for await (const each of after.sessionsOf('Zoë')) found.push([each.id, each.param('a')])
  expect(found).toEqual([['the id', 1]])
})
