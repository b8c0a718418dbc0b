import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { SessionGoneError } from '../../src/errors.ts'
import { type GivenOptions, type SessionOptions, SessionStore } from '../../src/index.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import { newFolder } from '../files/folder.ts'
import { TestClock } from '../support/clock.ts'
import { watched } from '../support/watched.ts'
import { type Notation, type NotationRules, notation } from './notation.ts'
import { hasServers, perlDatabases } from './perl-databases.ts'
import { formats } from './perl-profiles.ts'
import { isPerlMissing, PerlProgram } from './perl-program.ts'

// The real CGI::Session 4.48 and this library have sessions in common, opened with the same type string and options.

interface Answer {
  readonly id: string
  readonly state: 'there' | 'absent' | 'expired'
  readonly session: Notation
  readonly etime: number | string
  readonly list: Readonly<Record<string, number | string>>
}

type Perl = PerlProgram<Answer>

/** What both sides are given. */
interface Common {
  readonly type: string
  readonly options: Readonly<Record<string, string>>
}

const isMissingHere = isPerlMissing(
  'CGI::Session',
  'CGI::Session::Serialize::yaml',
  'FreezeThaw',
  'JSON::Syck',
  'DBD::SQLite',
  'DBD::mysql',
  'DBD::Pg',
)

/** The time at the beginning of each test. */
const T = 1_700_000_000

const rulesOf = (name: string): NotationRules => formats.find((format) => format.name === name)!.rules

const kept = {
  integer: 42,
  negative: -7,
  zip: '00420',
  quoted: 'it\'s \\ "$x @y"\n',
  empty: '',
  none: null,
  list: [1, [2, { a: null }], []],
  hash: { '': {}, nested: { deep: ['x'] } },
}
const latin = 'caf\xe9 \xff'
const wide = 'a ☕ in 日本 😀'

/**
 * What each serializer makes of numbers, and the text beyond ASCII that Perl itself reads as it wrote it: in any store,
 * or at least in those that give it bytes.
 */
const serializers: Readonly<Record<string, Traits>> = {
  default: { rules: {}, texts: { latin, wide } },
  storable: { rules: rulesOf('Storable'), texts: { latin, wide } },
  freezethaw: { rules: rulesOf('FreezeThaw'), texts: { latin } },
  yaml: { rules: rulesOf('YAML'), texts: {}, textsInBytes: { latin } },
  json: { rules: rulesOf('JSON'), texts: {}, textsInBytes: { latin }, options: { perlText: 'latin1' } },
}

interface Traits {
  readonly rules: NotationRules
  readonly texts: object
  readonly textsInBytes?: object
  readonly options?: SessionOptions
}

const names = Object.keys(serializers)

const { mysql, pg } = perlDatabases(isMissingHere)

/** Storable's bytes go into no column of text; into those of MySQL no bytes beyond ASCII go. */
const isBinary = (serializer: string) => serializer === 'storable'

const drivers = {
  file: {
    missing: false,
    open: async (serializer: string): Promise<Common> => ({
      type: `driver:file;serializer:${serializer};id:md5`,
      options: { Directory: newFolder() },
    }),
  },
  sqlite: {
    missing: false,
    open: async (serializer: string): Promise<Common> => {
      const DataSource = join(newFolder(), 'sessions.sqlite')
      const type = `driver:sqlite;serializer:${serializer};id:md5`
      // It makes the table; CGI::Session does not.
      await (await SessionStore.open({ type, DataSource, shared: true })).close()
      return { type, options: { DataSource } }
    },
  },
  mysql: {
    missing: !hasServers,
    open: async (serializer: string): Promise<Common> => {
      const TableName = await mysql.makeTable('longblob')
      return {
        type: `driver:mysql;serializer:${serializer};id:md5`,
        options: { DataSource: mysql.dataSource(), User: mysql.user, Password: '', TableName },
      }
    },
  },
  postgresql: {
    missing: !hasServers,
    open: async (serializer: string): Promise<Common> => {
      const TableName = await pg.makeTable(isBinary(serializer) ? 'bytea' : 'text')
      const ColumnType = isBinary(serializer) ? 'binary' : 'text'
      return {
        type: `driver:postgresql;serializer:${serializer};id:md5`,
        options: { DataSource: pg.dataSource(), User: pg.user, Password: '', TableName, ColumnType },
      }
    },
  },
}

function startPerl({ type, options }: Common): Perl {
  const perl: Perl = new PerlProgram('cgi-session.pl', [type, JSON.stringify(options)])
  onTestFinished(() => perl.end())
  return perl
}

async function openStore({ type, options }: Common, more: GivenOptions = {}): Promise<SessionStore> {
  const store = await SessionStore.open({ ...options, type, shared: true, timeout: 30_000, ...more })
  onTestFinished(() => store.close())
  return store
}

describe.skipIf(isMissingHere).each(Object.entries(drivers))(
  'CGI::Session with %s',
  (driver, { open, missing }) => {
    test.skipIf(missing).each(names)('takes turns with Node, by %s', async (name) => {
      const { rules, texts, textsInBytes = {}, options = {} } = serializers[name]!
      const values = { ...kept, ...texts, ...(driver === 'postgresql' ? {} : textsInBytes) }
      // Else what is one object here would be one in Perl too.
      const copy = () => structuredClone(values)
      const common = await open(name)
      const perl = startPerl(common)
      const store = await openStore(common, options)
      const { id } = await perl.ask({
        do: 'make',
        values: notation({ ...values, text: 'perl 0', grows: [] }),
      })
      for (let round = 1; round <= 10; round++) {
        const session = await store.load(id)
        expect(session.isNew).toBe(false)
        expect(session.param('text')).toBe(`perl ${round - 1}`)
        session.param('text', `node ${round}`)
        session.param('mine', { ...copy(), round })
        ;(session.param('grows') as unknown[]).push(`node ${round}`)
        await session.flush()
        const found = (await perl.ask({ do: 'load', id })).session
        const grows = Array.from({ length: round }, (__, index) => `node ${index + 1}`)
        const expected = { ...values, text: `node ${round}`, grows, mine: { ...copy(), round } }
        expect(found).toEqual(notation(expected, rules))
        await perl.ask({ do: 'change', id, values: notation({ text: `perl ${round}`, theirs: values }) })
        const again = await store.load(id)
        expect(notation(again.param('theirs'), rules)).toEqual(notation(values, rules))
        await perl.ask({ do: 'change', id, clear: ['theirs'] })
      }

      const ours = await store.create()
      ours.param(values)
      await ours.flush()
      expect((await perl.ask({ do: 'load', id: ours.id })).session).toEqual(notation(values, rules))
      expect(await store.remove(ours.id)).toBe(true)
      expect((await perl.ask({ do: 'load', id: ours.id })).state).toBe('absent')

      const late = await store.load(id)
      late.param('late', 1)
      const ids = []
      for await (const each of store.ids()) ids.push(each)
      expect(ids).toEqual([id])
      await perl.ask({ do: 'delete', id })
      await expect(late.flush()).rejects.toThrow(SessionGoneError)
      expect((await store.load(id)).isNew).toBe(true)
    })

    test.skipIf(missing).each(names)('leaves an owner that Node gave a session, by %s', async (name) => {
      const common = await open(name)
      const perl = startPerl(common)
      const store = await openStore(common, serializers[name]!.options)
      const { id } = await perl.ask({ do: 'make', values: notation({ perl: 1 }) })
      const session = await store.load(id)
      session.owner = 'alice'
      await session.flush()
      await perl.ask({ do: 'change', id, values: notation({ perl: 2 }) })
      const sessions = []
      for await (const each of store.sessionsOf('alice')) sessions.push([each.id, Number(each.param('perl'))])
      expect(sessions).toEqual([[id, 2]])
      // The list is a session like any other to whom it meets.
      expect((await perl.ask({ do: 'load', id: hiddenId('owner', 'alice') })).state).toBe('there')
      const other = await store.create()
      other.owner = 'alice'
      await other.admit({ limit: 1 })
      expect((await perl.ask({ do: 'load', id })).state).toBe('absent')
    })

    test.skipIf(missing)('and Node write at the same time', async () => {
      const common = await open('default')
      const perl = startPerl(common)
      const stores = await Promise.all([openStore(common), openStore(common)])
      const { id } = await perl.ask({ do: 'make', values: notation({ node: 0 }) })
      const increment = (store: SessionStore) =>
        store.update(id, (session) => session.param('node', (session.param('node') as number) + 1))
      // Node takes no change back that Perl has made: Perl would say so.
      const counting = watched(perl.ask({ do: 'count', id, times: 100 }))
      const adding = stores.map(async (store) => {
        let times = 0
        while (!counting.isOver) {
          await increment(store)
          times += 1
          // A program does something else between two requests.
          await setTimeout(2)
        }
        return times
      })
      await counting.work
      const times = await Promise.all(adding)
      const session = await stores[0].load(id)
      expect(session.param('perl')).toBe(100)
      // Perl takes no lock between loading and storing, so that it may take back what Node has made meanwhile.
      const count = session.param('node') as number
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThanOrEqual(times[0]! + times[1]!)

      await Promise.all(stores.flatMap((store) => Array.from({ length: 25 }, () => increment(store))))
      const { session: found } = await perl.ask({ do: 'load', id })
      expect(found).toEqual(notation({ node: count + 50, perl: 100 }))
    })

    test.skipIf(missing)('takes back what Node does between its loading and storing', async () => {
      const common = await open('default')
      const perl = startPerl(common)
      const store = await openStore(common)
      const { id } = await perl.ask({ do: 'make', values: notation({ node: 0 }) })
      await perl.ask({ do: 'hold', id, values: notation({ perl: 1 }) })
      await store.update(id, (session) => session.param('node', 1))
      await perl.ask({ do: 'go' })
      expect((await perl.ask({ do: 'load', id })).session).toEqual(notation({ node: 0, perl: 1 }))
      await perl.ask({ do: 'hold', id, values: notation({ perl: 2 }) })
      expect(await store.remove(id)).toBe(true)
      await perl.ask({ do: 'go' })
      expect((await store.load(id)).param('perl')).toBe(2)
    })
  },
)

describe.skipIf(isMissingHere).each(names)('lifetimes in sessions of CGI::Session, by %s', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-cgi-'))
  const common = { type: `driver:file;serializer:${name};id:md5`, options: { Directory: folder } }
  const { rules } = serializers[name]!
  let perl: Perl
  beforeAll(() => {
    perl = new PerlProgram('cgi-session.pl', [common.type, JSON.stringify(common.options)])
  })
  afterAll(async () => {
    await perl.end()
    rmSync(folder, { recursive: true })
  })

  async function begin(values: object = { x: 1 }) {
    const clock = new TestClock(T)
    const store = await openStore(common, { clock: clock.now })
    const { id } = await perl.ask({ do: 'make', values: notation(values), now: T })
    return { clock, store, id, isThere: () => existsSync(join(folder, `cgisess_${id}`)) }
  }

  test('a session that Perl gives one ends for Node in the same second', async () => {
    const { clock, store, id, isThere } = await begin()
    await perl.ask({ do: 'change', id, expire: '1m', now: T })
    clock.advance(59)
    expect(await store.load(id)).toMatchObject({ expired: false, etime: 60 })
    clock.advance(1)
    expect(isThere()).toBe(true)
    expect((await store.load(id)).expired).toBe(true)
    expect(isThere()).toBe(false)
    expect((await perl.ask({ do: 'load', id, now: T + 60 })).state).toBe('absent')
  })

  test('a session that Node gives one ends for Perl in the same second', async () => {
    const { clock, store, id, isThere } = await begin()
    const session = await store.load(id)
    session.expire('1m')
    await session.flush()
    expect((await perl.ask({ do: 'load', id, now: T + 59 })).etime).toSatisfy((etime) => Number(etime) === 60)
    expect((await perl.ask({ do: 'load', id, now: T + 59 + 59 })).state).toBe('there')
    clock.advance(59 + 59 + 59)
    expect((await store.load(id)).expired).toBe(false)
    expect((await perl.ask({ do: 'load', id, now: T + 59 + 59 + 60 })).state).toBe('expired')
    expect(isThere()).toBe(false)
    expect((await store.load(id)).isNew).toBe(true)
  })

  test('each takes one away', async () => {
    const { clock, store, id } = await begin()
    await perl.ask({ do: 'change', id, expire: 60, now: T })
    const session = await store.load(id)
    session.expire(0)
    await session.flush()
    expect(await perl.ask({ do: 'load', id, now: T + 100 })).toMatchObject({ state: 'there', etime: 0 })
    await perl.ask({ do: 'change', id, expire: 60, now: T + 100 })
    await perl.ask({ do: 'change', id, expire: 0, now: T + 100 })
    clock.advance(1000)
    expect(await store.load(id)).toMatchObject({ expired: false, etime: 0 })
  })

  test('a parameter that Perl gives one ends for Node in the same second', async () => {
    const { clock, store, id } = await begin({ x: 1, y: 2 })
    await perl.ask({ do: 'change', id, lifetimes: { x: '1m', y: 600 }, now: T })
    clock.advance(59)
    const before = await store.load(id)
    expect([before.param('x') === undefined, before.ptime]).toEqual([false, { x: 60, y: 600 }])
    clock.advance(1)
    const after = await store.load(id)
    expect(after.param()).toEqual(['y'])
    await after.flush()
    expect(await perl.ask({ do: 'load', id, now: T + 61 })).toMatchObject({
      session: notation({ y: 2 }, rules),
    })
  })

  test('a parameter that Node gives one ends for Perl in the same second', async () => {
    const { clock, store, id } = await begin({ x: 1, y: 2 })
    const session = await store.load(id)
    session.expire({ x: '1m', y: 600 })
    await session.flush()
    const before = await perl.ask({ do: 'load', id, now: T + 59 })
    expect(before.session).toEqual(notation({ x: 1, y: 2 }, rules))
    expect(before.list).toSatisfy(({ x, y }: Answer['list']) => Number(x) === 60 && Number(y) === 600)
    const after = await perl.ask({ do: 'load', id, now: T + 59 + 60 })
    expect(after.session).toEqual(notation({ y: 2 }, rules))
    clock.advance(59 + 60)
    expect((await store.load(id)).param()).toEqual(['y'])
  })

  test('each takes that of a parameter away, and changes it', async () => {
    const { store, id } = await begin({ x: 1, y: 2, z: 3 })
    await perl.ask({ do: 'change', id, lifetimes: { x: 60, y: 60 }, now: T })
    const session = await store.load(id)
    session.expire({ x: 0, z: 90 })
    await session.flush()
    const { list } = await perl.ask({ do: 'change', id, lifetimes: { y: 0, z: 120 }, now: T })
    expect(Object.entries(list).map(([key, seconds]) => [key, Number(seconds)])).toEqual([['z', 120]])
    expect((await store.load(id)).ptime).toEqual({ z: 120 })
  })

  test('that of a parameter stays when the parameter has gone, for the next of that name', async () => {
    const { clock, store, id } = await begin({ x: 1, y: 2 })
    await perl.ask({ do: 'change', id, lifetimes: { x: 60 }, now: T })
    clock.advance(60)
    const session = await store.load(id)
    expect(session.param()).toEqual(['y'])
    await session.flush()
    await perl.ask({ do: 'change', id, values: notation({ x: 'new' }), now: T + 60 })
    clock.advance(59)
    expect((await store.load(id)).param('x')).toBe('new')
    const { session: found } = await perl.ask({ do: 'load', id, now: T + 120 })
    expect(found).toEqual(notation({ y: 2 }, rules))
  })
})
