import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  ApacheSession,
  type ApacheSessionOptions,
  LockTimeoutError,
  ReservedKeyError,
  SessionGoneError,
  SessionStore,
} from '../../../src/index.ts'
import { copyOf, newFolder } from '../../cli/data-session.ts'
import { apacheFiles } from '../../interop/apache-files.ts'
import { type Notation, type NotationRules, notation } from '../../interop/notation.ts'
import { formats } from '../../interop/perl-profiles.ts'
import { isPerlMissing, PerlProgram } from '../../interop/perl-program.ts'
import { watched } from '../../support/watched.ts'
import { stored } from './sessions.ts'

describe.each(apacheFiles)('a session of Apache::Session 1.94, %s, by %s', (end, serializer) => {
  const id = `00000000000000000000000000abc0${end}`
  const options = () => ({
    type: `driver:File;id:MD5;serialize:${serializer};layout:ApacheSession`,
    directory: copyOf('apache-session'),
    fileName: '%s',
    storableOrder: 'network' as const,
  })

  test('opens, and reading it writes nothing', async () => {
    const given = options()
    const path = join(given.directory, id)
    const before = readFileSync(path)
    await using store = await SessionStore.open(given)
    const s = (await ApacheSession.open(id, { store }))!
    expect({ ...s }).toEqual(await stored(store, id))
    expect(Object.keys(s).length).toBeGreaterThan(2)
    expect([s._ID, s._session_id, s._LIFETIME, s._EXPIRES]).toEqual([id, id, 0, undefined])
    await s.close()
    expect(readFileSync(path)).toEqual(before)
  })

  test('a change leaves all else as it is', async () => {
    const given = options()
    await using store = await SessionStore.open(given)
    const before = (await stored(store, id))!
    await using s = (await ApacheSession.open<{ ours: string }>(id, given))!
    s.ours = 'ours'
    await s.store()
    expect(await stored(store, id)).toEqual({ ...before, ours: 'ours' })
    expect(() => Object.assign(s, { _session_id: 'another' })).toThrow(ReservedKeyError)
  })
})

describe('a session of a version before 1.00', () => {
  const id = 'f00dfeedf00dfeed'
  const now = 1_700_000_000

  /** The record as such a version had it, in JSON. */
  async function old(expires: number) {
    const directory = newFolder()
    const path = join(directory, id)
    const times = { _ACCESSED: expires - 3600, _LIFETIME: 3600, _EXPIRES: expires }
    writeFileSync(path, JSON.stringify({ _ID: id, ...times, _AUTOCOMMIT: 1, _LOCK: 0, foo: 'Hi!' }))
    const options: ApacheSessionOptions = {
      type: 'driver:File;id:MD5;serialize:JSON;layout:ApacheSession',
      directory,
      fileName: '%s',
      clock: () => now * 1000,
    }
    return { options, read: () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> }
  }

  test('is obeyed in its times, and stays as it is laid out', async () => {
    const { options, read } = await old(now + 100)
    const s = (await ApacheSession.open<{ foo: string }>(id, options))!
    expect([s._ID, s._LIFETIME, s._ACCESSED, s._EXPIRES]).toEqual([id, 3600, now, now + 3600])
    expect({ ...s }).toEqual({ foo: 'Hi!' })
    s.foo = 'Bye'
    await s.close()
    expect(read()).toEqual({
      _ID: id,
      _ACCESSED: now,
      _LIFETIME: 3600,
      _EXPIRES: now + 3600,
      _AUTOCOMMIT: 1,
      _LOCK: 0,
      foo: 'Bye',
    })
  })

  test('opening it is an access', async () => {
    const { options, read } = await old(now)
    await (await ApacheSession.open(id, { ...options, shared: true }))!.close()
    expect(read()).toMatchObject({ _ACCESSED: now, _EXPIRES: now + 3600 })
  })

  test('is gone when its time is over', async () => {
    const { options } = await old(now - 1)
    expect(await ApacheSession.open(id, options)).toBeUndefined()
  })
})

interface Answer {
  readonly id: string
  readonly session: Notation
}

/** What `nfreeze` makes of numbers and booleans. */
const rules: NotationRules = formats.find(({ name }) => name === 'Base64')!.rules

const values = {
  integer: 42,
  wide: 'a ☕ in 日本 😀',
  none: null,
  list: [1, [2, { a: null }], []],
}

describe.skipIf(isPerlMissing('Apache::Session::Flex'))('beside a living Apache::Session 1.94', () => {
  async function common() {
    const [directory, lockDirectory] = [newFolder(), newFolder()]
    const flex = { Store: 'File', Lock: 'File', Serialize: 'Storable', Generate: 'MD5' }
    const perl = new PerlProgram<Answer>('apache-session.pl', [
      JSON.stringify({ ...flex, Directory: directory, LockDirectory: lockDirectory }),
    ])
    onTestFinished(() => perl.end())
    const options: ApacheSessionOptions = {
      Directory: directory,
      LockDirectory: lockDirectory,
      shared: true,
      timeout: 30_000,
      IDLength: 32,
    }
    return { perl, options }
  }

  const inPerl = async (perl: PerlProgram<Answer>, id: string) => (await perl.ask({ do: 'get', id })).session

  test('what is written here Perl reads, and the other way round', async () => {
    const { perl, options } = await common()
    const s = await ApacheSession.new<typeof values>({ ...options, lifetime: 0 })
    Object.assign(s, values)
    await s.close()
    expect(await inPerl(perl, s._ID)).toEqual(notation({ _session_id: s._ID, ...values }, rules))
    await perl.ask({ do: 'set', id: s._ID, values: notation({ integer: 43, list: [] }) })
    const again = (await ApacheSession.open<typeof values>(s._ID, options))!
    expect({ ...again }).toEqual({ ...values, integer: 43, list: [] })
    again.list!.push(1)
    await again.close()
    expect(await inPerl(perl, s._ID)).toEqual(
      notation({ _session_id: s._ID, ...values, integer: 43, list: [1] }, rules),
    )
  })

  test('what Perl makes is opened here, given a lifetime, and read by Perl again', async () => {
    const { perl, options } = await common()
    const { id } = await perl.ask({ do: 'make', values: notation(values) })
    const s = (await ApacheSession.open<typeof values>(id, { ...options, lifetime: '1h' }))!
    expect({ ...s }).toEqual(values)
    delete s.none
    await s.close()
    const { none: _, ...rest } = values
    const times = { ctime: 0, atime: s._ACCESSED, etime: 3600 }
    expect(await inPerl(perl, id)).toEqual(
      notation({ _session_id: id, _data_session: times, ...rest }, rules),
    )
    expect((await ApacheSession.open(id, options))?._LIFETIME).toBe(3600)
  })

  test('what one destroys is gone for the other', async () => {
    const { perl, options } = await common()
    const s = await ApacheSession.new({ ...options })
    const late = (await ApacheSession.open(s._ID, options))!
    await perl.ask({ do: 'delete', id: s._ID })
    late['a'] = 1
    await expect(late.store()).rejects.toThrow(SessionGoneError)
    const { id } = await perl.ask({ do: 'make', values: notation(values) })
    expect(await (await ApacheSession.open(id, options))!.destroy()).toBe(true)
    await expect(perl.ask({ do: 'get', id })).rejects.toThrow('Object does not exist')
  })

  test('with the lock, Perl waits for us, and we for Perl', async () => {
    const { perl, options } = await common()
    const { id } = await perl.ask({ do: 'make', values: notation({ n: 1 }) })
    const s = (await ApacheSession.open<{ n: number }>(id, { ...options, lock: true }))!
    expect(s._LOCK).toBe(true)
    const theirs = watched(perl.ask({ do: 'hold', id, values: notation({ theirs: 1 }) }))
    await perl.isWaitingForFlock()
    s.n = 2
    await s.store()
    expect(theirs.isOver).toBe(false)
    await s.close()
    await theirs.work
    expect(s._LOCK).toBe(false)
    const impatient = { ...options, lock: true, timeout: 100 }
    await expect(ApacheSession.open(id, impatient)).rejects.toThrow(LockTimeoutError)
    const ours = watched(ApacheSession.open<{ n: number }>(id, { ...options, lock: true }))
    await perl.ask({ do: 'go' })
    const again = (await ours.work)!
    expect({ ...again }).toEqual({ n: 2, theirs: 1 })
    await again.close()
  })
})
