import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  InvalidIdError,
  InvalidOptionError,
  Query,
  type QueryLike,
  type QueryObject,
  Registry,
  Session,
  type SessionOptions,
} from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'

const context = useMinimalStore()

afterEach(() => {
  vi.unstubAllEnvs()
})

/** A driver that holds ids of letters and digits only, as a file name or a column of fixed width might. */
class FussyDriver extends MinimalDriver {
  checkId(id: string): void {
    if (!/^[\w-]{1,128}$/.test(id)) throw new InvalidIdError(`Not an id: ${JSON.stringify(id.slice(0, 40))}`)
  }
}

const fussy = (): SessionOptions => ({ registry: new Registry().register('driver', 'Minimal', FussyDriver) })

function incoming(url: string, cookie?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.url = url
  if (cookie !== undefined) request.headers = { cookie }
  return request
}

function fetched(url: string, cookie?: string): Request {
  return new Request(`http://localhost${url}`, cookie === undefined ? {} : { headers: { cookie } })
}

/** Stores a session for the user Alice under this id. */
async function put(id: string): Promise<void> {
  const session = await (await context.open()).load(id)
  session.param('user', 'Alice')
  await session.flush()
}

describe('the cookie', () => {
  test('of a session without expiry has none either', async () => {
    const session = await (await context.open()).load('abc123')
    expect(session.cookie()).toBe('CGISESSID=abc123; path=/')
  })

  test('expires with the idle lifetime, counted from now', async () => {
    const session = await (await context.open()).load('abc123')
    session.expire(3600)
    expect(session.cookie()).toBe('CGISESSID=abc123; path=/; expires=Tue, 14-Nov-2023 23:13:20 GMT')
    context.clock.advance(60)
    expect(session.cookie()).toBe('CGISESSID=abc123; path=/; expires=Tue, 14-Nov-2023 23:14:20 GMT')
  })

  test('expires with the deadline when that is nearer', async () => {
    const session = await (await context.open()).load('abc123')
    session.deadline(1800)
    expect(session.cookie()).toContain('expires=Tue, 14-Nov-2023 22:43:20 GMT')
    session.expire(3600)
    expect(session.cookie()).toContain('expires=Tue, 14-Nov-2023 22:43:20 GMT')
    session.expire(60)
    expect(session.cookie()).toContain('expires=Tue, 14-Nov-2023 22:14:20 GMT')
  })

  test('lies in the past when the expiry is negative, the session has expired or was deleted', async () => {
    const store = await context.open()
    const past = 'CGISESSID=abc123; path=/; expires=Mon, 13-Nov-2023 22:13:20 GMT'
    const negative = await store.load('abc123')
    negative.expire(-3600)
    expect(negative.cookie()).toBe(past)

    const stored = await store.load('abc123')
    stored.param('x', 1)
    stored.expire(3600)
    await stored.flush()
    context.clock.advance(3601)
    const expired = await store.load('abc123')
    expect(expired.expired).toBe(true)
    expect(expired.cookie()).toContain('expires=Mon, 13-Nov-2023 23:13:21 GMT')

    const deleted = await store.load('other')
    await deleted.delete()
    expect(deleted.cookie()).toContain('expires=Mon, 13-Nov-2023 23:13:21 GMT')
  })

  test("has the store's name and attributes, and those of the call", async () => {
    const store = await context.open({ name: 'sid', cookie: { httpOnly: true, sameSite: 'Lax' } })
    const session = await store.load('abc123')
    expect(session.cookie()).toBe('sid=abc123; path=/; HttpOnly; SameSite=Lax')
    expect(session.cookie({ path: '/shop', secure: true, httpOnly: false, name: 'n', value: 'v' })).toBe(
      'n=v; path=/shop; secure; SameSite=Lax',
    )
  })

  test('escapes the id', async () => {
    const store = await context.open()
    expect((await store.load('a b;c')).cookie()).toBe('CGISESSID=a%20b%3Bc; path=/')
    expect((await store.load('é')).cookie()).toBe('CGISESSID=%C3%A9; path=/')
  })

  test("is made by the query object's cookie method, and '' when it has none", async () => {
    const store = await context.open()
    const asked: unknown[] = []
    const query: QueryObject = {
      param: () => undefined,
      cookie: (what) => (typeof what === 'string' ? undefined : (asked.push(what), 'made')),
    }
    const session = await store.load(query)
    session.expire(60)
    expect(session.cookie({ path: '/x' })).toBe('made')
    expect(asked).toEqual([
      { name: 'CGISESSID', value: session.id, path: '/x', expires: context.clock.seconds + 60 },
    ])
    expect((await store.load({ param: () => undefined })).cookie()).toBe('')
  })

  test('of a session opened by its id, without any query, can be had', async () => {
    const registry = new Registry().register('driver', 'Minimal', MinimalDriver)
    await using session = await Session.open({ type: 'driver:Minimal;serialize:JSON', registry, id: 'mine' })
    expect(session.query).toBeUndefined()
    expect(session.cookie()).toBe('CGISESSID=mine; path=/')
    expect(session.httpHeader()).toContain('Set-Cookie: CGISESSID=mine; path=/\r\n')
  })

  test('refuses attributes that break out of it', async () => {
    const session = await (await context.open()).load('abc123')
    expect(() => session.cookie({ path: '/\r\nX: y' })).toThrow(InvalidOptionError)
    expect(() => session.cookie({ domain: 'a; b' })).toThrow(InvalidOptionError)
  })
})

describe('the header', () => {
  test('carries the cookie, with the date and the type that CGI.pm gives it', async () => {
    const session = await (await context.open()).load('abc123')
    session.expire(3600)
    expect(session.httpHeader()).toBe(
      'Set-Cookie: CGISESSID=abc123; path=/; expires=Tue, 14-Nov-2023 23:13:20 GMT\r\n' +
        'Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n' +
        'Content-Type: text/html; charset=ISO-8859-1\r\n\r\n',
    )
  })

  test('carries it also when an undefined one is given', async () => {
    const session = await (await context.open()).load('abc123')
    expect(session.httpHeader({ cookie: undefined })).toContain('Set-Cookie: CGISESSID=abc123')
  })

  test("takes CGI.pm's options; an own cookie replaces the session's", async () => {
    const session = await (await context.open()).load('abc123')
    expect(
      session.httpHeader({ '-status': '404 Not Found', '-type': 'text/plain', '-charset': 'utf-8' }),
    ).toBe(
      'Status: 404 Not Found\r\n' +
        'Set-Cookie: CGISESSID=abc123; path=/\r\n' +
        'Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n\r\n',
    )
    expect(session.httpHeader({ '-cookie': 'other=1', type: '' })).toBe(
      'Set-Cookie: other=1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n',
    )
  })

  test("has the store's clock for its date when a Query makes it", async () => {
    const session = await (await context.open()).load(new Query())
    expect(session.httpHeader()).toContain('\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n')
  })

  test('has no cookie when the query object knows none', async () => {
    const session = await (await context.open()).load({ param: () => undefined })
    expect(session.httpHeader()).toBe('Content-Type: text/html; charset=ISO-8859-1\r\n\r\n')
  })

  test("is the query object's own when that makes headers", async () => {
    const query: QueryObject = {
      param: () => undefined,
      cookie: () => 'c',
      header: (options, now) => JSON.stringify([options, now]),
    }
    const session = await (await context.open()).load(query)
    expect(session.httpHeader({ status: '204' })).toBe(
      JSON.stringify([{ cookie: 'c', status: '204' }, context.clock.seconds]),
    )
  })

  test('cannot be broken apart', async () => {
    const session = await (await context.open()).load('abc123')
    for (const options of [
      { status: '200 OK\r\nX: y' },
      { '-location': '/\n/' },
      { 'a\r\nb': 'c' },
      { cookie: 'a=b\r\nX: y' },
    ]) {
      expect(() => session.httpHeader(options)).toThrow(InvalidOptionError)
    }
  })
})

describe('the id of a request', () => {
  const own = (cookies: Record<string, string>, fields: Record<string, unknown>): QueryObject => ({
    param: (name) => (name === undefined ? Object.keys(fields) : fields[name]),
    cookie: (what) => (typeof what === 'string' ? cookies[what] : ''),
  })

  test.each<[string, () => QueryLike]>([
    ["a Node request's cookie", () => incoming('/', 'a=1; CGISESSID=known')],
    ["a Node request's URL", () => incoming('/?CGISESSID=known')],
    ['a Fetch request', () => fetched('/', 'CGISESSID=known')],
    ["a Fetch request's URL", () => fetched('/?x=1&CGISESSID=known')],
    ['the cookie before the form field', () => new Query('CGISESSID=form', 'CGISESSID=known')],
    ['the form field when the cookie is empty', () => new Query('CGISESSID=known', 'CGISESSID=')],
    ['the first of several values', () => new Query('CGISESSID=known&CGISESSID=second')],
    ['an own query object with cookies', () => own({ CGISESSID: 'known' }, {})],
    ['an own query object with fields', () => own({}, { CGISESSID: 'known' })],
    [
      'an own query object without a cookie method',
      () => ({ param: (name?: string) => (name === 'CGISESSID' ? 'known' : []) }),
    ],
  ])('comes from %s', async (_, source) => {
    await put('known')
    const session = await (await context.open()).load(source())
    expect(session).toMatchObject({ id: 'known', isNew: false })
    expect(session.param('user')).toBe('Alice')
    expect(session.userId()).toBe('known')
  })

  test('goes by the name of the store', async () => {
    await put('known')
    const store = await context.open({ name: 'my id' })
    expect((await store.load(incoming('/', 'my%20id=known'))).isNew).toBe(false)
    expect((await store.load(incoming('/?my+id=known'))).isNew).toBe(false)
    expect((await store.load(incoming('/', 'CGISESSID=known'))).isNew).toBe(true)
  })

  test('is read back from the cookie that the session wrote', async () => {
    await put('a b;c,"é"')
    const store = await context.open()
    const [pair = ''] = (await store.load('a b;c,"é"')).cookie().split('; ')
    expect((await store.load(incoming('/', `x=1; ${pair}; y=2`))).param('user')).toBe('Alice')
  })

  test('comes from the CGI environment when a session is opened without id and query', async () => {
    await put('known')
    const options = {
      type: 'driver:Minimal;id:SHA256;serialize:JSON',
      registry: new Registry().register('driver', 'Minimal', MinimalDriver),
      clock: new TestClock().now,
    }
    vi.stubEnv('HTTP_COOKIE', 'CGISESSID=known')
    vi.stubEnv('QUERY_STRING', 'colour=blue')
    await using found = await Session.open(options)
    expect(found).toMatchObject({ id: 'known', isNew: false })
    expect(found.query?.param('colour')).toBe('blue')

    await using named = await Session.open({ ...options, id: 'other' })
    expect(named.id).toBe('other')

    vi.stubEnv('HTTP_COOKIE', undefined)
    vi.stubEnv('QUERY_STRING', 'CGISESSID=known')
    await using field = await Session.open(options)
    expect(field.id).toBe('known')
  })

  test("comes from the option 'query' and the option 'queryClass'", async () => {
    await put('known')
    class FromSomewhere extends Query {
      constructor() {
        super('', 'CGISESSID=known')
      }
    }
    const options = {
      type: 'driver:Minimal;id:SHA256;serialize:JSON',
      registry: new Registry().register('driver', 'Minimal', MinimalDriver),
      clock: new TestClock().now,
    }
    await using first = await Session.open({ ...options, query: fetched('/', 'CGISESSID=known') })
    await using second = await Session.open({ ...options, query_class: FromSomewhere })
    expect([first.id, second.id]).toEqual(['known', 'known'])
    const store = await context.open({ query: new Query('CGISESSID=known') })
    expect((await store.load()).id).toBe('known')
  })
})

describe('an unknown id', () => {
  test('that a client sends is not taken over', async () => {
    const store = await context.open()
    for (const request of [incoming('/', 'CGISESSID=chosen'), fetched('/?CGISESSID=chosen')]) {
      const session = await store.load(request)
      expect(session.isNew).toBe(true)
      expect(session.id).toMatch(/^[0-9a-f]{64}$/)
      expect(session.userId()).toBe('chosen')
      session.param('user', 'victim')
      await session.flush()
    }
    expect(MinimalDriver.records.has('chosen')).toBe(false)
    expect(MinimalDriver.records.size).toBe(2)
  })

  test('is taken over from a client if the store says so, and from the program always', async () => {
    const adopting = await context.open({ adoptUnknownIds: true })
    expect((await adopting.load(incoming('/', 'CGISESSID=chosen'))).id).toBe('chosen')
    expect((await (await context.open()).load('chosen')).id).toBe('chosen')
  })

  test('of a session that has just expired does not come back as a new session under it', async () => {
    const store = await context.open({ expire: 60 })
    const session = await store.load('known')
    session.param('user', 'Alice')
    await session.flush()
    context.clock.advance(61)
    const request = incoming('/', 'CGISESSID=known')
    expect(await store.load(request)).toMatchObject({ expired: true, deleted: true })
    expect((await store.load(request)).id).not.toBe('known')
  })

  test.each(['', '0'])('%j means none', async (id) => {
    await put('other')
    const session = await (await context.open()).load(incoming(`/?CGISESSID=${id}`, `CGISESSID=${id}`))
    expect(session.userId()).toBe(0)
    expect(session.id).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a hostile id', () => {
  const hostile = [
    '../../x',
    '..%2F..%2Fx',
    'a\\b',
    'x'.repeat(10_000),
    'nul\0byte',
    "' or 1=1 --",
    '__proto__',
    'constructor',
    'new\r\nSet-Cookie: evil=1',
    '\ud800',
    '\u202e',
  ]

  test.each(hostile.map((id) => [id.slice(0, 30), id]))(
    '%j from a client gives a new session',
    async (_, id) => {
      for (const options of [{}, fussy()]) {
        const store = await context.open(options)
        const cookie = `CGISESSID=${encodeURIComponent(id.toWellFormed())}`
        for (const request of [incoming('/', cookie), incoming(`/?${cookie}`), fetched(`/?${cookie}`)]) {
          const session = await store.load(request)
          expect(session.isNew).toBe(true)
          expect(session.id).toMatch(/^[0-9a-f]{64}$/)
          expect(session.httpHeader()).not.toContain('evil')
        }
      }
      expect(MinimalDriver.records.size).toBe(0)
    },
  )

  test('that the driver cannot hold is not adopted either, and never reaches it', async () => {
    const warnings: string[] = []
    const logger = { warn: (message: string) => void warnings.push(message), debug: () => {} }
    const store = await context.open({ ...fussy(), adoptUnknownIds: true, verbose: 1, logger })
    const session = await store.load(incoming('/', 'CGISESSID=..%2F..%2Fx'))
    expect(session.id).toMatch(/^[0-9a-f]{64}$/)
    expect(MinimalDriver.calls).toEqual([])
    expect(warnings).toEqual(['Refusing an id that a client sent: Not an id: "../../x"'])
  })

  test('from the program is an error', async () => {
    const store = await context.open(fussy())
    await expect(store.load('../../x')).rejects.toThrow(InvalidIdError)
  })

  test('that is adopted cannot break the header apart', async () => {
    const store = await context.open({ adoptUnknownIds: true })
    const session = await store.load(incoming('/', 'CGISESSID=a%0D%0ASet-Cookie:%20evil=1'))
    expect(session.id).toBe('a\r\nSet-Cookie: evil=1')
    expect(session.cookie()).toBe('CGISESSID=a%0D%0ASet-Cookie%3A%20evil%3D1; path=/')
  })

  test('that is no text counts as none', async () => {
    const store = await context.open()
    for (const value of [{ id: 'x' }, [['x']], 7, true, [], null]) {
      expect((await store.load({ param: () => value })).userId()).toBe(0)
    }
  })
})

describe('loadParam', () => {
  test('copies the session into the query object, reserved names apart', async () => {
    const session = await (await context.open()).load('p')
    session.param({ a: '1', list: ['x', 'y'], none: null })
    const query = new Query('a=old&kept=1')
    expect(session.loadParam(query)).toBe(query)
    expect([query.param('a'), query.param('list'), query.param('none'), query.param('kept')]).toEqual([
      '1',
      ['x', 'y'],
      null,
      '1',
    ])
    expect(query.param()).toEqual(['a', 'kept', 'list', 'none'])
  })

  test('copies those that are named', async () => {
    const session = await (await context.open()).load('p')
    session.param({ a: '1', b: '2', c: '3' })
    expect(session.loadParam(new Query(), 'b').param()).toEqual(['b'])
    expect(session.loadParam(new Query(), ['c', 'a', '_SESSION_ID']).param()).toEqual(['c', 'a'])
  })

  test("takes the session's own query object when none is given", async () => {
    const query = new Query()
    const session = await (await context.open()).load(query)
    session.param('a', '1')
    expect(session.loadParam()).toBe(query)
    expect(query.param('a')).toBe('1')

    const without = await (await context.open()).load('p')
    without.param('a', '1')
    expect(without.loadParam(null)).toBe(without.query)
    expect(without.query?.param('a')).toBe('1')
  })
})

describe('saveParam', () => {
  test('copies the fields into the session, all values of each, reserved names apart', async () => {
    const store = await context.open()
    const session = await store.load('p')
    expect(session.saveParam(new Query('a=1&b=2&b=3&_SESSION_ID=evil&_x=1'))).toBe(true)
    await session.flush()
    const again = await store.load('p')
    expect(again.param()).toEqual(['a', 'b'])
    expect([again.param('a'), again.param('b')]).toEqual(['1', ['2', '3']])
    expect(again.id).toBe('p')
  })

  test('copies those that are named, one that is missing as null', async () => {
    const session = await (await context.open()).load('p')
    session.saveParam(new Query('a=1&b=2'), ['b', 'absent', '_x'])
    expect(session.param()).toEqual(['absent', 'b'])
    expect([session.param('absent'), session.param('b')]).toEqual([null, '2'])
    session.saveParam(new Query('a=1'), 'a')
    expect(session.param('a')).toBe('1')
  })

  test("takes the session's own query object when none is given", async () => {
    const session = await (await context.open()).load(incoming('/?colour=blue'))
    session.saveParam()
    expect(session.param('colour')).toBe('blue')
  })

  test('finds nothing in a query object that has cookies only', async () => {
    const jar = { cookie: () => undefined } as unknown as QueryLike
    const session = await (await context.open()).load(jar)
    expect(session.saveParam()).toBe(true)
    expect(session.param()).toEqual([])
  })

  test('does not pollute prototypes', async () => {
    const session = await (await context.open()).load('p')
    session.saveParam(new Query('__proto__=1&a=2'))
    expect(session.param()).toEqual(['a'])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})
