import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { findFlock } from '../../src/files/find-flock.ts'
import { Stopped } from '../../src/cli/stopped.ts'
import { registry, SessionStore } from '../../src/index.ts'
import type { StoredImage } from '../../src/plugin.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import {
  configured,
  copyOf,
  dataSession,
  jsonLines,
  newFolder,
  type Outcome,
  stateOf,
} from './data-session.ts'

const written = 1_700_000_000
const time = '2023-11-14T22:13:20Z'

/** Three sessions, of which one has expired, a damaged one and an empty one, as this library writes them. */
async function newStore(directory: string): Promise<void> {
  const seconds = { now: written }
  const type = 'driver:File;id:MD5;serialize:JSON'
  await using store = await SessionStore.open({ type, directory, clock: () => seconds.now * 1000 })
  for (const [id, etime] of [
    ['endless', 0],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const session = await store.load(id)
    session.param({ name: 'Zoë\x1b[2J', list: [1, { a: null }] })
    session.expire(etime)
    if (id === 'hour') session.expire({ list: '5m', name: '10s' })
    await session.flush()
  }
  writeFileSync(join(directory, 'cgisess_broken'), '{"_SESSION_ATIME":"never"}')
  writeFileSync(join(directory, 'cgisess_new'), '')
}

let store: string
/** Runs a command on it, at 61 seconds past its making. */
let run: (args: string) => Promise<Outcome>

beforeEach(async () => {
  store = newFolder()
  await newStore(store)
  const directory = configured({ type: 'driver:File;serialize:JSON', directory: store }, written + 61)
  run = (args) => dataSession(args, { directory })
})

describe('ls', () => {
  test('lists every id', async () => {
    const { code, out, err } = await run('ls')
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n').sort()).toEqual(['', 'broken', 'endless', 'hour', 'minute', 'new'])
  })

  test('tells more of each', async () => {
    const { code, out } = await run('ls --long')
    const [heading, ...rows] = out.split('\n').slice(0, -1)
    expect([code, heading]).toEqual([
      0,
      'state       accessed              created               expires                   size  id',
    ])
    expect(rows.map((row) => row.trim().replaceAll(/ {2,}/g, ' | ')).sort()).toEqual([
      `alive | ${time} | ${time} | 2023-11-14T23:13:20Z | 259 B | hour`,
      `alive | ${time} | ${time} | never | 169 B | endless`,
      expect.stringMatching(
        /^damaged \| - \| - \| - \| 26 B \| broken \| \(.*_SESSION_ATIME is not a number/,
      ),
      'empty | - | - | - | 0 B | new',
      `expired | ${time} | ${time} | 2023-11-14T22:14:20Z | 169 B | minute`,
    ])
    expect(new Set(rows.map((row) => row.search(/(broken|endless|hour|minute|new)/))).size).toBe(1)
  })

  test('picks those that have expired', async () => {
    expect(await run('ls --expired')).toEqual({ code: 0, out: 'minute\n', err: '' })
  })

  test('lists those of one owner', async () => {
    expect(await run('ls --owner alice')).toEqual({ code: 0, out: '', err: '' })
  })

  test('speaks to programs', async () => {
    expect(jsonLines((await run('ls --json')).out)).toContainEqual({ id: 'hour' })
    expect(jsonLines((await run('ls --expired --json')).out)).toEqual([{ id: 'minute' }])
    const lines = jsonLines((await run('ls --long --json')).out)
    expect(lines).toHaveLength(5)
    const [atime, ctime] = [written, written]
    expect(lines).toContainEqual({
      id: 'hour',
      state: 'alive',
      atime,
      ctime,
      expires: written + 3600,
      owner: null,
      size: 259,
    })
    expect(lines).toContainEqual({
      id: 'endless',
      state: 'alive',
      atime,
      ctime,
      expires: null,
      owner: null,
      size: 169,
    })
    expect(lines).toContainEqual({
      id: 'new',
      state: 'empty',
      atime: null,
      ctime: null,
      expires: null,
      owner: null,
      size: 0,
    })
    expect(lines).toContainEqual({
      id: 'broken',
      state: 'damaged',
      atime: null,
      ctime: null,
      expires: null,
      owner: null,
      size: 26,
      reason: expect.stringContaining('_SESSION_ATIME is not a number'),
    })
  })

  test('has colours on a screen only, and not where they are unwanted', async () => {
    const args = `ls -l -t driver:File;serialize:JSON --directory ${store}`
    const on = { screens: { out: true, err: true } }
    expect((await dataSession(args, on)).out).toContain('\x1b[')
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect((await dataSession(args, { ...on, environment })).out).not.toContain('\x1b')
    }
    expect((await dataSession(args)).out).not.toContain('\x1b')
  })

  test('shows ids that would be obeyed by a terminal as what they are', async () => {
    const dataSource = join(newFolder(), 'sessions.sqlite')
    const type = 'driver:SQLite;id:MD5;serialize:JSON'
    const evil = 'a\x1b]0;b\x07\u202e\n'
    await using sqlite = await SessionStore.open({ type, dataSource })
    const session = await sqlite.load(evil)
    session.param('x', '\x9b1m')
    await session.flush()
    for (const [args, out] of [
      ['ls', `${String.raw`a\x1b]0;b\x07\u{202e}\n`}\n`],
      ['ls --json', `${String.raw`{"id":"a\u001b]0;b\u0007\u202e\n"}`}\n`],
    ] as const) {
      expect((await dataSession([...args.split(' '), '-t', type, '-d', dataSource])).out).toBe(out)
    }
    const shown = await dataSession(['show', evil, '-t', type, '-d', dataSource])
    expect(shown.out).toContain(String.raw`x = '\x9b1m'`)
  })
})

describe('show', () => {
  test('tells all that is known of a session', async () => {
    expect(await run('show hour')).toEqual({
      code: 0,
      err: '',
      out: `id        hour
state     alive
accessed  ${time}  1m ago
created   ${time}  1m ago
expires   2023-11-14T23:13:20Z  in 58m
lifetime  1h after the last access
size      259 B

parameters
  list = [1, { a: null }]
    ↳ lifetime 5m
  name = ${String.raw`'Zoë\x1b[2J'`}
    ↳ has expired
`,
    })
  })

  test('speaks to programs', async () => {
    const { code, out } = await run('show hour --json')
    expect([code, jsonLines(out)]).toEqual([
      0,
      [
        {
          id: 'hour',
          state: 'alive',
          atime: written,
          ctime: written,
          expires: written + 3600,
          owner: null,
          size: 259,
          etime: 3600,
          deadline: null,
          ptime: {
            list: { lifetime: 300, deadline: written + 300, expired: false },
            name: { lifetime: 10, deadline: written + 10, expired: true },
          },
          params: { list: [1, { a: null }], name: 'Zoë\x1b[2J' },
        },
      ],
    ])
  })

  test('shows what has expired and is still there', async () => {
    expect((await run('show minute')).out).toMatch(/^state {5}expired$/m)
  })

  test.each([
    ['absent', "There is no session 'absent'"],
    ['broken', 'The record of session "broken" is damaged: '],
    ['new', "The record of session 'new' is empty"],
    ['a/b', 'The File driver cannot hold the id "a/b"'],
  ])('says what is the matter with %s', async (id, message) => {
    const { code, out, err } = await run(`show ${id}`)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`data-session: ${message}`)
  })
})

describe('get', () => {
  test.each([
    ['endless list', '[1, { a: null }]\n'],
    ['endless name', `${String.raw`Zoë\x1b[2J`}\n`],
    ['endless name --json', `${String.raw`"Zoë\u001b[2J"`}\n`],
    ['endless list --json', '[1,{"a":null}]\n'],
    ['minute list', '[1, { a: null }]\n'],
  ])('%s', async (args, out) => {
    expect(await run(`get ${args}`)).toEqual({ code: 0, out, err: '' })
  })

  test.each([
    ['endless nam', "The session 'endless' has no parameter 'nam'; did you mean 'name'?"],
    ['endless other', "The session 'endless' has no parameter 'other'"],
    ['hour name', "The parameter 'name' of session 'hour' has expired"],
    ['absent name', "There is no session 'absent'"],
  ])('%s is told', async (args, message) => {
    expect(await run(`get ${args}`)).toEqual({ code: 1, out: '', err: `data-session: ${message}\n` })
  })
})

describe('stats', () => {
  test('draws', async () => {
    expect(await run('stats')).toEqual({
      code: 0,
      err: '',
      out: `sessions  5, of them 1 expired, 1 empty, 1 damaged
size      0 B to 259 B, median 169 B, together 623 B
age       1m to 1m

expire within
  expired  1  ${'█'.repeat(66)}
  1 hour   1  ${'█'.repeat(66)}
  1 day    0
  1 week   0
  30 days  0
  1 year   0
  longer   0
  never    1  ${'█'.repeat(66)}

were created within
  1 hour   3  ${'█'.repeat(66)}
  1 day    0
  1 week   0
  30 days  0
  1 year   0
  longer   0
  unknown  0

were used within
  1 hour   3  ${'█'.repeat(66)}
  1 day    0
  1 week   0
  30 days  0
  1 year   0
  longer   0
  unknown  0
`,
    })
  })

  test('draws in ASCII where that is all there is', async () => {
    const args = `stats -t driver:File;serialize:JSON --directory ${store}`
    const { out } = await dataSession(args, { environment: { LANG: 'C' }, columns: 40 })
    expect(out).toMatch(/^ {2}longer {3}3 {2}#+$/m)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(54)
  })

  test('speaks to programs', async () => {
    const { out } = await run('stats --json')
    const [stats] = jsonLines(out)
    expect(stats).toMatchObject({
      sessions: 5,
      states: { alive: 2, expired: 1, empty: 1, damaged: 1, unreadable: 0 },
      bytes: { min: 0, median: 169, max: 259, total: 623 },
      age: { youngest: 61, oldest: 61 },
      created: { '1 hour': 3, unknown: 0 },
      expires: { expired: 1, '1 hour': 1, never: 1 },
    })
  })

  test('has nothing to say of an empty store', async () => {
    const directory = newFolder()
    expect((await dataSession(`stats --directory ${directory}`)).out).toBe('sessions  0\n')
    const [stats] = jsonLines((await dataSession(`stats --directory ${directory} --json`)).out)
    expect(stats).toMatchObject({ sessions: 0, bytes: null, age: null })
  })
})

describe('a session without times', () => {
  test('has none', async () => {
    const store = copyOf('apache-session')
    const type = 'driver:File;serialize:Storable;layout:ApacheSession'
    const id = '00000000000000000000000000abc00d'
    const options = ['-t', type, '--directory', store, '--file-name', '%s']
    const { out } = await dataSession(['show', id, ...options])
    expect(out).toContain('accessed  -\ncreated   -\nexpires   never\nlifetime  none\n')
    expect(out).toContain("latin = 'café'")
    const [shown] = jsonLines((await dataSession(['show', id, '--json', ...options])).out)
    expect(shown).toMatchObject({ atime: null, ctime: null, expires: null, params: { latin: 'café' } })
  })
})

describe('nothing of reading can be seen afterwards', () => {
  const commands = [
    'ls',
    'ls --long',
    'ls --expired',
    'stats',
    'show ID',
    'get ID user',
    'expire --dry-run',
    'doctor WHERE',
    'doctor',
  ]

  test.each([
    ['files', 'cgi-session', 'driver:file;serializer:storable', 'cgi-file-storable-text', ''],
    ['shared files', 'cgi-session', 'driver:file;serializer:storable', 'cgi-file-storable-text', '--shared'],
    ['a database', 'sqlite', 'driver:SQLite;serialize:JSON', 'sqlite-json-plain', ''],
  ])('%s', async (_, fixture, type, id, more) => {
    const folder = copyOf(fixture)
    const where = fixture === 'sqlite' ? join(folder, 'data-session.sqlite') : folder
    const before = stateOf(folder)
    for (const command of commands) {
      const args = [
        ...command.replace('ID', id).replace('WHERE', where).split(' '),
        '--type',
        type,
        ...(fixture === 'sqlite' ? ['--data-source', where] : ['--directory', where]),
        ...more.split(' ').filter(Boolean),
      ]
      const { out } = await dataSession(args)
      expect([command, out]).not.toEqual([command, ''])
      expect([command, stateOf(folder)]).toEqual([command, before])
    }
  })

  test.each([
    'ls',
    'ls --long',
    'stats',
    'show a',
    'get a b',
    'set a b 1',
    'rm a',
    'expire',
    'expire --dry-run',
  ])('a store that is not there is not made by %s', async (command) => {
    const folder = newFolder()
    for (const place of [
      `-t driver:SQLite;serialize:JSON -d ${folder}/absent.sqlite`,
      `--directory ${folder}/absent`,
    ]) {
      const { code, out, err } = await dataSession(`${command} ${place}`)
      expect([code, out]).toEqual([1, ''])
      expect(err).toMatch(/^data-session: There is no (SQLite database|folder) .*absent/)
    }
    expect(stateOf(folder)).toEqual([])
  })
})

test('a record that somebody keeps locked does not hold up the others', async () => {
  const type = 'driver:File;serialize:JSON'
  const held = openSync(join(store, 'cgisess_hour'), 'r+')
  onTestFinished(() => closeSync(held))
  expect(await findFlock()!.tryLock(held, 'exclusive')).toBe(true)
  const { code, out } = await dataSession(
    `ls -l --json -t ${type} --directory ${store} --shared -o timeout=200`,
  )
  expect(code).toBe(0)
  expect(jsonLines(out)).toContainEqual(
    expect.objectContaining({ id: 'hour', state: 'unreadable', size: null }),
  )
  expect(jsonLines(out)).toHaveLength(5)
})

test.each(['ls', 'ls --long', 'stats', 'expire', 'expire --dry-run'])(
  'a store is closed when %s is stopped',
  async (command) => {
    const stop = new AbortController()
    let listed = 0
    let closed = 0
    class Endless extends MinimalDriver {
      override async *ids(): AsyncGenerator<string> {
        for (; listed < 100_000; listed++) {
          if (listed === 5000) stop.abort(new Stopped(130))
          yield String(listed)
        }
      }
      override async retrieve(): Promise<StoredImage> {
        return { image: Buffer.from('{}') }
      }
      override async close(): Promise<void> {
        closed++
      }
    }
    registry.register('driver', 'Endless', Endless)
    const outcome = await dataSession([...command.split(' '), '-t', 'driver:Endless;serialize:JSON'], {
      stopped: stop.signal,
    })
    expect([outcome.code, outcome.err, closed]).toEqual([130, '', 1])
    expect(listed).toBeLessThan(10_000)
  },
)
