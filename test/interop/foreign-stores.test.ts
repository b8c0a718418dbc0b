import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'
import { apacheFiles } from './apache-files.ts'

// Stores that CGI::Session 4.48, Apache::Session 1.94 and Concierge::Sessions 0.8.1 wrote at 1700000000.
const folder = mkdtempSync(join(tmpdir(), 'data-session-perl-'))
const kinds = ['cgi-session', 'apache-session', 'concierge']

beforeAll(() => {
  for (const kind of kinds)
    cpSync(join(import.meta.dirname, '..', 'fixtures', kind), join(folder, kind), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A session, how its store is opened, and what it has of its own. */
interface Case {
  readonly id: string
  readonly options: SessionOptions
  readonly etime: number
  readonly ptime: Readonly<Record<string, number>>
  /** How many seconds after its lifetime it still lives. */
  readonly grace: number
}

const cgi = { etime: 7200, ptime: { count: 86_400, visited: 600 }, grace: -1 }
const cgiFiles = [
  'default-text',
  'freezethaw-plain',
  'storable-plain',
  'storable-latin',
  'storable-text',
  'json-plain',
  'yaml-text',
]

const cases: Case[] = [
  ...cgiFiles.map((name): Case => {
    const type = `driver:file;serializer:${name.split('-')[0]!};id:md5`
    return { id: `cgi-file-${name}`, options: { type, directory: join(folder, 'cgi-session') }, ...cgi }
  }),
  ...['default-text', 'freezethaw-plain', 'storable-text', 'yaml-text', 'json-plain'].map((name): Case => {
    const [serializer] = name.split('-')
    const dataSource = join(folder, 'cgi-session', 'sessions.sqlite')
    return { id: `cgi-sqlite-${name}`, options: { type: `dr:sqlite;s:${serializer!}`, dataSource }, ...cgi }
  }),
  ...apacheFiles.map(([end, name]): Case => {
    const directory = join(folder, 'apache-session')
    const type = `driver:File;id:MD5;serialize:${name};layout:ApacheSession`
    return {
      id: `00000000000000000000000000abc0${end}`,
      options: { type, directory, fileName: '%s' },
      etime: 0,
      ptime: {},
      grace: Infinity,
    }
  }),
  ...[0, 1, 2, 3].map((number): Case => {
    const type = 'driver:File;id:UUID36;serialize:JSON;layout:Concierge'
    const isEndless = number === 3
    return {
      id: `0000abcd-0000-4000-8000-00000000000${number}`,
      options: { type, directory: join(folder, 'concierge'), fileName: '%s' },
      etime: isEndless ? 0 : 7200,
      ptime: {},
      grace: isEndless ? Infinity : 0,
    }
  }),
]

describe.each([false, true])('shared: %s', (shared) => {
  test.each(cases)('$options.type goes on with $id', async ({ id, options, etime, ptime, grace }) => {
    const clock = new TestClock(1_700_000_100)
    await using store = await SessionStore.open({ ...options, shared, clock: clock.now })
    const session = await store.load(id)
    expect(session).toMatchObject({ id, isNew: false, expired: false, etime, ptime })
    expect(session.param('user')).toMatchObject({ name: 'Alice', roles: ['admin', 'editor'] })
    const number = options.type!.includes('freezethaw') ? String : Number
    expect(session.param('flags')).toEqual({ beta: number(1), dark: number(0), note: null })
    expect(session.param('zip')).toBe('00420')
    expect(String(session.param('big'))).toBe('9007199254740993')
    session.param('seen', shared ? 'again' : 'by Node')
    await session.flush()

    const again = await store.load(id)
    expect(again.param()).toEqual(session.param())
    for (const name of session.param()) expect(again.param(name)).toEqual(session.param(name))
    expect([again.etime, again.ptime]).toEqual([etime, ptime])
    if (etime === 0) {
      clock.advance(10 ** 8)
      expect((await store.load(id)).expired).toBe(false)
      return
    }
    clock.advance(etime + grace)
    expect((await store.load(id)).expired).toBe(false)
  })
})

test('an untouched session of Apache::Session is not written for having been read', async () => {
  const type = 'driver:File;id:MD5;serialize:Storable;layout:ApacheSession'
  const clock = new TestClock(1_700_000_100)
  const directory = join(folder, 'apache-session')
  await using store = await SessionStore.open({
    type,
    directory,
    fileName: '%s',
    touchAfter: 0,
    clock: clock.now,
  })
  const session = await store.load('00000000000000000000000000abc00d')
  expect(await session.flush()).toBe(false)
})

test('a session that CGI::Session would have ended is ended a second before Data::Session would', async () => {
  const clock = new TestClock(1_700_000_000)
  const options = { type: 'd:file;s:storable', directory: join(folder, 'ends'), clock: clock.now }
  await using store = await SessionStore.open(options)
  const session = await store.create()
  session.param('x', 1)
  session.expire(60)
  await session.flush()
  clock.advance(59)
  expect((await store.load(session.id)).expired).toBe(false)
  clock.advance(1)
  expect((await store.load(session.id)).expired).toBe(true)
})
