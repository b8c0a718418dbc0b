import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Layout } from '../../src/contracts/layout.ts'
import type { Hash } from '../../src/contracts/serializer.ts'
import { ThawError } from '../../src/errors.ts'
import ApacheSession from '../../src/layouts/ApacheSession.ts'
import CGISession from '../../src/layouts/CGISession.ts'
import Concierge from '../../src/layouts/Concierge.ts'
import DataSession from '../../src/layouts/DataSession.ts'
import ExpressSession from '../../src/layouts/ExpressSession.ts'
import {
  expiredParameters,
  expiresAt,
  isExpired,
  newRecord,
  removeParameter,
  type SessionRecord,
} from '../../src/record.ts'

const now = 1_700_000_000
const layouts: Readonly<Record<string, Layout>> = {
  ApacheSession: new ApacheSession(),
  CGISession: new CGISession(),
  Concierge: new Concierge(),
  DataSession: new DataSession(),
  ExpressSession: new ExpressSession(),
}

const seconds = fc.integer({ min: 0, max: 2 ** 31 })
const odd = fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a.b', 'é', 'cookie2', 'data')

/** Records as sessions of one layout can become. */
function records(layout: Layout): fc.Arbitrary<SessionRecord> {
  const name = fc
    .oneof(odd, fc.string())
    .filter((text) => !(layout.isReserved?.(text) ?? text.startsWith('_')))
  return fc
    .record({
      etime: seconds,
      deadline: seconds,
      owner: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      params: fc.uniqueArray(fc.tuple(name, fc.jsonValue()), { selector: ([key]) => key }),
      lifetimes: fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 10 ** 6 }), fc.option(seconds))),
    })
    .map(({ etime, deadline, owner, params, lifetimes }) => {
      const record = layout.newRecord?.('some id', now) ?? newRecord('some id', now)
      Object.assign(record, { etime, deadline, owner, params: new Map(params) })
      for (const [at, lifetime, end] of lifetimes) {
        const [of] = params[at] ?? []
        if (of !== undefined) record.ptime.set(of, { lifetime, deadline: end ?? undefined })
      }
      return record
    })
}

describe.each(Object.entries(layouts))('%s', (_, layout) => {
  test('reads back what it writes', () => {
    fc.assert(
      fc.property(records(layout), (record) => {
        const hash = layout.write(record)
        const again = layout.read(structuredClone(hash), 'some id')
        expect(again.params).toEqual(record.params)
        expect(again.ptime).toEqual(record.ptime)
        expect([again.etime, again.deadline, again.owner]).toEqual([
          record.etime,
          record.deadline,
          record.owner,
        ])
        expect(expiresAt(again)).toBe(expiresAt(record))
        expect(layout.write(again)).toEqual(hash)
      }),
    )
  })

  test('keeps what it does not know', () => {
    const names = fc.oneof(
      odd,
      fc.string(),
      fc.string().map((text) => `_SESSION_X${text}`),
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (strange) => {
        const base = layout.write({ ...newRecord('some id', now), etime: 60 })
        const hash: Hash = { ...strange, ...base }
        expect(layout.write(layout.read(structuredClone(hash), 'some id'))).toEqual(hash)
      }),
    )
  })

  test('any hash is a record, or a ThawError', () => {
    const key = fc.oneof(
      fc.constantFrom(
        ...Object.values(layouts).flatMap((each) =>
          Object.keys(each.write({ ...newRecord('a', now), etime: 60, deadline: 5 })),
        ),
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.dictionary(key, fc.anything()), (hash) => {
        try {
          layout.write(layout.read(hash, 'some id'))
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
      }),
    )
  })

  test('makes new records that it can read', () => {
    const record = layout.newRecord?.('new', now) ?? newRecord('new', now)
    expect([record.id, record.atime, record.ctime, record.etime]).toEqual(['new', now, now, 0])
    expect(layout.read(layout.write(record), 'new').params.size).toBe(0)
  })
})

describe('CGISession', () => {
  const layout = layouts['CGISession']!
  const base = {
    _SESSION_ID: 'a',
    _SESSION_ATIME: now,
    _SESSION_CTIME: now - 5,
    _SESSION_REMOTE_ADDR: '192.0.2.7',
  }

  test('is what the module writes', () => {
    const record = layout.newRecord!('a', now)
    record.params.set('_mine', 1)
    expect(layout.write(record)).toEqual({
      _SESSION_ID: 'a',
      _SESSION_ATIME: now,
      _SESSION_CTIME: now,
      _SESSION_REMOTE_ADDR: '',
      _mine: 1,
    })
  })

  test('ends at its last second, not after it', () => {
    const record = layout.read({ ...base, _SESSION_ETIME: 60, x: 1, _SESSION_EXPIRE_LIST: { x: 60 } }, 'a')
    expect([59, 60].map((later) => isExpired(record, now + later))).toEqual([false, true])
    expect([59, 60].map((later) => expiredParameters(record, 'sliding', now + later))).toEqual([[], ['x']])
  })

  test('keeps both modules informed of lifetimes', () => {
    const record = layout.read(
      { ...base, x: 1, y: 2, _SESSION_EXPIRE_LIST: { x: '60' }, _SESSION_PTIME: { y: 90 } },
      'a',
    )
    expect([...record.ptime]).toEqual([
      ['x', { lifetime: 60, deadline: undefined }],
      ['y', { lifetime: 90, deadline: undefined }],
    ])
    expect(layout.write(record)).toEqual({
      ...base,
      x: 1,
      y: 2,
      _SESSION_EXPIRE_LIST: { x: 60, y: 90 },
      _SESSION_PTIME: { x: 60, y: 90 },
      _SESSION_PDEADLINE: { x: [60], y: [90] },
    })
  })

  test.each([
    ['CGI::Session changed it', { x: 70 }, { x: 60 }, 70],
    ['CGI::Session removed it', {}, { x: 60 }, undefined],
    ['Data::Session changed it', { x: 60 }, { x: 80 }, 80],
    ['both did', { x: 70 }, { x: 80 }, 70],
    ['nobody did', { x: 60 }, { x: 60 }, 60],
  ])('sees who changed a lifetime that it wrote: %s', (__, list, ptime, lifetime) => {
    const own = { _SESSION_PDEADLINE: { x: [60, now + 30] } }
    const hash = { ...base, x: 1, _SESSION_EXPIRE_LIST: list, _SESSION_PTIME: ptime, ...own }
    const deadline = lifetime === 60 ? now + 30 : undefined
    expect(layout.read(hash, 'a').ptime.get('x')).toEqual(lifetime && { lifetime, deadline })
  })

  test('leaves the lifetime of a parameter that is not there, as the module does', () => {
    const record = layout.read({ ...base, x: 1, _SESSION_EXPIRE_LIST: { gone: 60, x: 5 } }, 'a')
    expect(expiredParameters(record, 'sliding', now + 1000)).toEqual(['x'])
    expect(removeParameter(record, 'x')).toBe(true)
    const hash = layout.write(record)
    expect(hash).toEqual({
      ...base,
      _SESSION_EXPIRE_LIST: { gone: 60, x: 5 },
      _SESSION_PTIME: { gone: 60, x: 5 },
      _SESSION_PDEADLINE: { gone: [60], x: [5] },
    })
    expect(expiredParameters(layout.read({ ...hash, gone: 2 }, 'a'), 'sliding', now + 60)).toEqual(['gone'])
  })

  test('takes the numbers that the module keeps as it was given them', () => {
    const record = layout.read(
      { ...base, _SESSION_ETIME: '+60', x: 1, _SESSION_EXPIRE_LIST: { x: '5\n' } },
      'a',
    )
    expect([record.etime, record.ptime.get('x')?.lifetime]).toEqual([60, 5])
  })
})

describe('ApacheSession', () => {
  const layout = layouts['ApacheSession']!

  test('has the id, and nothing that the program did not put there', () => {
    const record = layout.newRecord!('abc', now)
    record.params.set('_own', 1)
    expect(layout.write(record)).toEqual({ _session_id: 'abc', _own: 1 })
  })

  test('has times only if something has a lifetime', () => {
    const record = layout.newRecord!('abc', now)
    record.etime = 60
    const hash = layout.write(record)
    expect(hash).toEqual({ _session_id: 'abc', _data_session: { ctime: now, atime: now, etime: 60 } })
    const again = layout.read(hash, 'abc')
    expect([60, 61].map((later) => isExpired(again, now + later))).toEqual([false, true])
  })

  test('of the versions before 1.00 stays as it is', () => {
    const hash = {
      _ID: 'abc',
      _EXPIRES: now + 60,
      _LIFETIME: 60,
      _ACCESSED: now,
      _AUTOCOMMIT: 1,
      _LOCK: null,
      foo: 'Hi!',
    }
    const record = layout.read(hash, 'abc')
    expect([record.atime, record.etime, [...record.params]]).toEqual([now, 60, [['foo', 'Hi!']]])
    expect(layout.write(record)).toEqual(hash)
    record.atime += 10
    expect(layout.write(record)).toEqual({ ...hash, _ACCESSED: now + 10, _EXPIRES: now + 70 })
  })

  test('takes those names for parameters where they are the program’s own', () => {
    const hash = { _session_id: 'abc', _LOCK: 'mine' }
    expect([...layout.read(hash, 'abc').params]).toEqual([['_LOCK', 'mine']])
    expect(layout.write(layout.read(hash, 'abc'))).toEqual(hash)
  })
})

describe('Concierge', () => {
  const layout = layouts['Concierge']!
  const base = { session_id: 'a', user_id: 'alice', created_at: now, status: { state: 'active', dirty: 0 } }

  test('moves the end with each access, and keeps the owner', () => {
    const hash = {
      ...base,
      last_updated: now,
      expires_at: now + 7200,
      session_timeout: 7200,
      data: { cart: [1] },
    }
    const record = layout.read(hash, 'a')
    expect([record.atime, record.etime, [...record.params]]).toEqual([now, 7200, [['cart', [1]]]])
    expect(layout.write(record)).toEqual(hash)
    record.atime += 10
    expect(layout.write(record)).toEqual({ ...hash, last_updated: now + 10, expires_at: now + 7210 })
  })

  test('goes by the end, of which the module keeps fractions', () => {
    const hash = { ...base, last_updated: now - 50, expires_at: now + 60.75, session_timeout: 60, data: {} }
    expect(layout.read(hash, 'a').atime).toBe(now)
  })

  test.each([[['a']], ['text'], [42], [0], [false]])('may have data that is no hash: %j', (data) => {
    const hash = { ...base, last_updated: now, expires_at: now + 60, session_timeout: 60, data }
    const record = layout.read(hash, 'a')
    expect([...record.params]).toEqual([['', data]])
    expect(layout.write(record)).toEqual(hash)
    record.params.set('name', 1)
    expect(layout.write(record)['data']).toEqual({ '': data, name: 1 })
  })

  test.each([{ '': 'x' }, { '': null }, { '': { a: 1 } }, { '': 'x', a: 1 }])(
    'keeps a hash a hash, whatever its keys: %j',
    (data) => {
      const hash = { ...base, last_updated: now, expires_at: now + 60, session_timeout: 60, data }
      const record = layout.read(hash, 'a')
      expect(record.params).toEqual(new Map(Object.entries(data)))
      expect(layout.write(record)).toEqual(hash)
    },
  )

  test('is no session without its id', () => {
    expect(() => layout.read({ user_id: 'alice', expires_at: 5 }, 'a')).toThrow('it has no session_id')
  })

  test('may have no end', () => {
    const hash = {
      ...base,
      last_updated: now,
      expires_at: 'indefinite',
      session_timeout: 'indefinite',
      data: {},
    }
    expect(expiresAt(layout.read(hash, 'a'))).toBeUndefined()
    expect(layout.write(layout.read(hash, 'a'))).toEqual(hash)
  })
})

describe('ExpressSession', () => {
  const layout = layouts['ExpressSession']!
  const end = '2023-11-14T22:23:20.250Z' // 600 seconds later
  const cookie = { originalMaxAge: 600_000, expires: end, httpOnly: true, path: '/', sameSite: 'lax' }

  test('has its lifetime in the cookie', () => {
    const record = layout.read({ cookie, views: 3 }, 'a')
    expect([record.atime, record.etime, [...record.params]]).toEqual([now, 600, [['views', 3]]])
    record.atime += 10
    expect(layout.write(record)).toEqual({
      cookie: { ...cookie, expires: '2023-11-14T22:23:30.000Z' },
      views: 3,
    })
    record.etime = 60
    expect(layout.write(record)).toMatchObject({ cookie: { originalMaxAge: 60_000 } })
  })

  test('without an end is left alone by those who only read', () => {
    const hash = { cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }, views: 3 }
    const record = layout.read(hash, 'a')
    expect([expiresAt(record), record.timeless]).toEqual([undefined, true])
    expect(layout.write(record)).toEqual(hash)
  })

  test('tells session-file-store of the last access', () => {
    const record = layout.read({ cookie, __lastAccess: now * 1000 + 7 }, 'a')
    expect(record.timeless).toBe(false)
    record.atime += 10
    expect(layout.write(record)['__lastAccess']).toBe((now + 10) * 1000)
    expect(layout.write(layout.newRecord!('new', now))).toEqual({
      cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' },
      __lastAccess: now * 1000,
    })
  })

  test('does not promise less than express-session did', () => {
    const record = layout.read({ cookie: { ...cookie, originalMaxAge: 599_999.5 } }, 'a')
    expect(record.etime).toBe(600)
    expect((layout.write(record)['cookie'] as Hash)['originalMaxAge']).toBe(599_999.5)
  })

  test.each([{ ...cookie, expires: 'soon' }, { ...cookie, originalMaxAge: 'long' }, 'nom nom'])(
    'refuses the cookie %j',
    (bad) => {
      expect(() => layout.read({ cookie: bad }, 'a')).toThrow(ThawError)
    },
  )
})
