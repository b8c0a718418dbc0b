import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LockTimeoutError, SessionError, SessionGoneError, StorageError } from '../../src/errors.ts'
import { ApacheLocks } from '../../src/files/apache-locks.ts'
import { CHANGE, FileLocks } from '../../src/files/file-locks.ts'
import { FileNames } from '../../src/files/file-names.ts'
import { findFlock } from '../../src/files/find-flock.ts'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { newFolder } from '../files/folder.ts'
import { silent } from '../files/new-file-driver.ts'
import type { Handle } from '../sql/servers.ts'
import { watched } from '../support/watched.ts'
import { type Notation, type NotationRules, notation } from './notation.ts'
import { hasServers, type PerlDatabase, perlDatabases } from './perl-databases.ts'
import { formats } from './perl-profiles.ts'
import { isPerlMissing, PerlProgram } from './perl-program.ts'

// The real Apache::Session 1.94 and this library have sessions in common, and each waits for the locks of the other.

interface Answer {
  readonly id: string
  readonly session: Notation
}

type Perl = PerlProgram<Answer>

/** A store that both sides open. */
interface Common {
  /** The options of Apache::Session::Flex. */
  readonly perl: Readonly<Record<string, unknown>>
  readonly node: SessionOptions
}

const isMissingHere = isPerlMissing('Apache::Session::Flex', 'DBD::mysql', 'DBD::Pg')

/** What `nfreeze` makes of numbers and booleans. */
const rules: NotationRules = formats.find(({ name }) => name === 'Base64')!.rules

const kept = {
  integer: 42,
  negative: -7,
  real: 0.5,
  zip: '00420',
  quoted: 'it\'s \\ "$x @y"\n\0',
  latin: 'caf\xe9 \xff',
  wide: 'a ☕ in 日本 😀',
  empty: '',
  none: null,
  list: [1, [2, { a: null }], []],
  hash: { '': {}, nested: { deep: ['x'] }, __proto__: null },
}

function startPerl({ perl }: Common, more: Readonly<Record<string, unknown>> = {}): Perl {
  const program: Perl = new PerlProgram('apache-session.pl', [JSON.stringify({ ...perl, ...more })])
  onTestFinished(() => program.end())
  return program
}

async function openStore({ node }: Common, more: SessionOptions = {}): Promise<SessionStore> {
  const store = await SessionStore.open({ ...node, shared: true, timeout: 30_000, ...more })
  onTestFinished(() => store.close())
  return store
}

const make = async (perl: Perl, values: object) =>
  (await perl.ask({ do: 'make', values: notation(values) })).id
const valuesOf = async (store: SessionStore, id: string) => {
  const session = await store.load(id)
  return Object.fromEntries(session.param().map((name) => [name, session.param(name)]))
}

/** Waits until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  // MariaDB looks at its locks anew only if nobody has asked for a tenth of a second.
  while (!(await isSo())) await setTimeout(150)
}

/** What it fails with. */
async function updateWithin(timeout: number, { node }: Common, id: string): Promise<unknown> {
  try {
    await using store = await SessionStore.open({ ...node, shared: true, timeout })
    return await store.update(id, (session) => session.param('ours', 1))
  } catch (error) {
    return error
  }
}

const { mysql, pg } = perlDatabases(isMissingHere)

const typeOf = (driver: string, serializer: string) =>
  `driver:${driver};id:MD5;serialize:${serializer};layout:ApacheSession`

function inFiles(serializer: string): Common {
  const folder = newFolder()
  const [directory, lockDirectory] = [join(folder, 'sessions'), join(folder, 'locks')]
  for (const path of [directory, lockDirectory]) mkdirSync(path)
  const type = typeOf('File', serializer)
  return {
    perl: { ...flex('File', 'File', serializer), Directory: directory, LockDirectory: lockDirectory },
    node: { type, fileName: '%s', directory, lockDirectory, storableOrder: 'network' },
  }
}

async function inMysql(serializer: string): Promise<Common> {
  const tableName = await mysql.makeTable(serializer === 'Storable' ? 'longblob' : 'text')
  const [dataSource, username] = [mysql.dataSource(), mysql.user]
  const store = { DataSource: dataSource, UserName: username, Password: '', TableName: tableName }
  const lock = { LockDataSource: dataSource, LockUserName: username, LockPassword: '' }
  const [type, lockName] = [typeOf('mysql', serializer), 'Apache-Session-%s']
  return {
    perl: { ...flex('MySQL', 'MySQL', serializer), ...store, ...lock },
    node: { type, dataSource, username, tableName, lockName, storableOrder: 'network' },
  }
}

async function inPostgres(serializer: string): Promise<Common> {
  const tableName = await pg.makeTable('text')
  const [dataSource, username] = [pg.dataSource(), pg.user]
  const store = { DataSource: dataSource, UserName: username, Password: '', TableName: tableName }
  return {
    perl: { ...flex('Postgres', 'Null', serializer), ...store, Commit: 1 },
    node: { type: typeOf('Pg', serializer), dataSource, username, tableName },
  }
}

/** The options of Apache::Session::Flex that name its parts. */
function flex(Store: string, Lock: string, Serialize: string): Readonly<Record<string, string>> {
  return { Store, Lock, Serialize, Generate: 'MD5' }
}

const places = {
  File: { open: inFiles, serializers: ['Storable', 'Base64', 'UUEncode', 'Sybase'], missing: false },
  MySQL: { open: inMysql, serializers: ['Storable', 'Base64', 'UUEncode', 'Sybase'], missing: !hasServers },
  Postgres: { open: inPostgres, serializers: ['Base64', 'UUEncode', 'Sybase'], missing: !hasServers },
}

describe.skipIf(isMissingHere).each(Object.entries(places))('Apache::Session in %s', (name, place) => {
  const { open, serializers, missing } = place

  test.skipIf(missing).each(serializers)('takes turns with Node, by %s', async (serializer) => {
    const common = await open(serializer)
    const perl = startPerl(common)
    const store = await openStore(common)
    const id = await make(perl, { ...kept, text: 'perl 0', list2: [] })
    const found = (await perl.ask({ do: 'get', id })).session
    for (let round = 1; round <= 15; round++) {
      const session = await store.load(id)
      expect(session.isNew).toBe(false)
      expect(session.param('text')).toBe(`perl ${round - 1}`)
      session.param('text', `node ${round}`)
      session.param('mine', { round, text: kept.wide })
      ;(session.param('list2') as unknown[]).push(round)
      await session.flush()
      const theirs = (await perl.ask({ do: 'get', id })).session
      const list2 = Array.from({ length: round }, (_, index) => index + 1)
      const mine = { round, text: kept.wide }
      const expected = { _session_id: id, ...kept, text: `node ${round}`, list2, mine }
      expect(theirs).toEqual(notation(expected, rules))
      await perl.ask({ do: 'set', id, values: notation({ text: `perl ${round}` }) })
    }
    const { text: _, list2: __, mine: ___, ...rest } = await valuesOf(store, id)
    expect(notation({ ...rest, _session_id: id, list2: [], text: 'perl 0' }, rules)).toEqual(found)

    const ours = await store.create()
    ours.param(kept)
    await ours.flush()
    expect((await perl.ask({ do: 'get', id: ours.id })).session).toEqual(
      notation({ _session_id: ours.id, ...kept }, rules),
    )
    expect(await store.remove(ours.id)).toBe(true)
    await expect(perl.ask({ do: 'get', id: ours.id })).rejects.toThrow('Object does not exist')

    const late = await store.load(id)
    late.param('late', 1)
    const ids = []
    for await (const each of store.ids()) ids.push(each)
    expect(ids).toEqual([id])
    await perl.ask({ do: 'delete', id })
    await expect(late.flush()).rejects.toThrow(SessionGoneError)
    expect((await store.load(id)).isNew).toBe(true)
  })

  test.skipIf(missing).each([
    { processes: 3, Transaction: 1 },
    { processes: 1, Transaction: 0 },
  ])(
    'and Node lose no increment: $processes with Transaction $Transaction',
    async ({ processes, ...how }) => {
      const common = await open('Base64')
      const times = 60
      const perls = Array.from({ length: processes }, () => startPerl(common, how))
      const id = await make(perls[0]!, { count: 0 })
      const stores = await Promise.all([openStore(common), openStore(common)])
      const work = [
        ...perls.map((perl) => perl.ask({ do: 'count', id, times })),
        ...stores.map(async (store) => {
          for (let done = 0; done < times; done++) {
            await store.update(id, (session) => {
              session.param('count', (session.param('count') as number) + 1)
            })
          }
        }),
      ]
      await Promise.all(work)
      expect(await valuesOf(stores[0], id)).toEqual({ count: (processes + stores.length) * times })
    },
  )

  test.skipIf(missing)('makes a write wait while it has the session tied, and nothing else', async () => {
    const common = await open('Base64')
    const [perl, other] = [startPerl(common), startPerl(common)]
    const [id, free] = [await make(perl, { count: 0 }), await make(perl, { count: 0 })]
    const store = await openStore(common)
    const session = await store.load(id)
    session.param('ours', 1)
    await perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) })
    const flush = watched(session.flush())
    const update = watched(store.update(id, (fresh) => fresh.param('count', 7)))
    // The event loop turns, and other sessions are written.
    for (let turns = 0; turns < 20; turns++) {
      await store.update(free, (fresh) => fresh.param('count', turns))
      await other.ask({ do: 'set', id: free, values: notation({ turns }) })
      await setImmediate()
    }
    expect([flush.isOver, update.isOver]).toEqual([false, false])
    await perl.ask({ do: 'go' })
    await Promise.all([flush.work, update.work])
    expect(await valuesOf(store, id)).toEqual({ count: 7, ours: 1, theirs: 1 })
    expect(await valuesOf(store, free)).toEqual({ count: 19, turns: 19 })
  })

  test.skipIf(missing)('does not make it wait for longer than the timeout', async () => {
    const common = await open('Base64')
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    await perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) })
    const wanted = name === 'Postgres' ? StorageError : LockTimeoutError
    // On a busy machine all of a short time may pass before the lock is asked for.
    for (let timeout = 100, error: unknown; !(error instanceof wanted); timeout *= 2) {
      error = await updateWithin(timeout, common, id)
      expect(error).toBeInstanceOf(SessionError)
    }
    await perl.ask({ do: 'go' })
    const patient = await openStore(common)
    expect(await valuesOf(patient, id)).toEqual({ count: 0, theirs: 1 })
    await patient.update(id, (fresh) => fresh.param('count', 1))
    await perl.ask({ do: 'get', id })
  })
})

describe.skipIf(isMissingHere)('Apache::Session waits while Node changes a session', () => {
  test('in files', async () => {
    const common = inFiles('Base64')
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    const { directory = '' } = common.node
    const lockFiles = ApacheLocks.fromOptions(
      { ...common.node, shared: true },
      new FileNames(directory, '%s', 0),
    )
    const settings = { timeout: 30_000, noFlock: false, follow: false, logger: silent, findFlock, lockFiles }
    const locks = new FileLocks(settings)
    let release = () => {}
    const ours = new Promise<void>((isHeld) => {
      void locks.with(join(directory, id), CHANGE, () => {
        isHeld()
        return new Promise<void>((resolve) => (release = resolve))
      })
    })
    await ours
    const tie = watched(perl.ask({ do: 'hold', id, values: notation({}) }))
    await perl.isWaitingForFlock()
    expect(tie.isOver).toBe(false)
    release()
    await tie.work
    await perl.ask({ do: 'go' })
  })

  test.skipIf(!hasServers)('in MySQL', async () => {
    const common = await inMysql('Base64')
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    const store = await openStore(common)
    const blocker = await clientOf(mysql)
    await blocker.query('begin')
    await blocker.query(`select * from ${common.node.tableName} where id = '${id}' for update`)
    // It has Apache::Session's lock, and waits for the row.
    const update = watched(store.update(id, (session) => session.param('count', 1)))
    await until(async () => (await mysql.count(mysql.kind.countWaiting)) === 1)
    const tie = watched(perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) }))
    const userLocks = "select count(*) as count from information_schema.processlist where state = 'User lock'"
    await until(async () => (await mysql.count(userLocks)) === 1)
    expect([update.isOver, tie.isOver]).toEqual([false, false])
    await blocker.query('commit')
    await update.work
    await tie.work
    await perl.ask({ do: 'go' })
    expect(await valuesOf(store, id)).toEqual({ count: 1, theirs: 1 })
  })

  test.skipIf(!hasServers)('in PostgreSQL', async () => {
    const common = await inPostgres('Base64')
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    const client = await clientOf(pg)
    const { dataSource: _, username: __, ...rest } = common.node
    const store = await openStore({ ...common, node: { ...rest, dbh: client.handle } })
    // What is done on a connection that was handed in is part of its transaction.
    await client.query('begin')
    await store.update(id, (session) => session.param('count', 1))
    const tie = watched(perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) }))
    await until(async () => (await pg.count(pg.kind.countWaiting)) === 1)
    expect(tie.isOver).toBe(false)
    await client.query('commit')
    await tie.work
    await perl.ask({ do: 'go' })
    expect(await valuesOf(store, id)).toEqual({ count: 1, theirs: 1 })
  })
})

describe.skipIf(isMissingHere).each([
  ['files', async () => inFiles('Base64'), false],
  ['MySQL', async () => inMysql('Base64'), !hasServers],
] as const)('store.lock in %s', (name, open, missing) => {
  const patient = { timeout: 30_000, lease: 60_000 }
  const userLocks = "select count(*) as count from information_schema.processlist where state = 'User lock'"
  const isWaiting = (perl: Perl) =>
    name === 'MySQL' ? until(async () => (await mysql.count(userLocks)) === 1) : perl.isWaitingForFlock()

  test.skipIf(missing)('makes Apache::Session wait until it is released', async () => {
    const common = await open()
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    const store = await openStore(common)
    const lock = await store.lock(id, patient)
    const tie = watched(perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) }))
    await isWaiting(perl)
    for (let count = 1; count <= 5; count++) {
      await store.update(id, (session) => session.param('count', count))
      expect(await valuesOf(store, id)).toEqual({ count })
    }
    expect([tie.isOver, lock.held]).toEqual([false, true])
    await lock.release()
    await tie.work
    await perl.ask({ do: 'go' })
    expect(await valuesOf(store, id)).toEqual({ count: 5, theirs: 1 })
  })

  test.skipIf(missing)('waits until Apache::Session has let go of the session', async () => {
    const common = await open()
    const perl = startPerl(common)
    const id = await make(perl, { count: 0 })
    const store = await openStore(common)
    await perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) })
    await expect(store.lock(id, { timeout: 100 })).rejects.toThrow(LockTimeoutError)
    const locking = watched(store.lock(id, patient))
    // Another session can be had.
    await (await store.lock(await make(startPerl(common), {}), patient)).release()
    expect(locking.isOver).toBe(false)
    await perl.ask({ do: 'go' })
    await using _ = await locking.work
    expect(await valuesOf(store, id)).toEqual({ count: 0, theirs: 1 })
  })

  test.skipIf(missing)('lets nobody in between reading and writing, on either side', async () => {
    const common = await open()
    const times = 30
    const perls = [startPerl(common, { Transaction: 1 }), startPerl(common, { Transaction: 1 })]
    const id = await make(perls[0]!, { count: 0 })
    const stores = await Promise.all([openStore(common), openStore(common)])
    const add = async (store: SessionStore) => {
      await using _ = await store.lock(id, patient)
      const session = await store.load(id)
      const count = session.param('count') as number
      await setImmediate()
      session.param('count', count + 1)
      await session.flush('overwrite')
    }
    await Promise.all([
      ...perls.map((perl) => perl.ask({ do: 'count', id, times })),
      ...stores.map(async (store) => {
        for (let done = 0; done < times; done++) await add(store)
      }),
    ])
    expect(await valuesOf(stores[0], id)).toEqual({ count: 4 * times })
  })
})

async function clientOf({ kind, service }: PerlDatabase): Promise<Handle> {
  const client = await kind.client(service())
  onTestFinished(async () => void (await client.end()))
  return client
}
