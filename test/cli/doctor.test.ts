import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Findings } from '../../src/cli/doctor/findings.ts'
import { reportFields, reportText } from '../../src/cli/doctor/report.ts'
import { SessionStore } from '../../src/index.ts'
import { isMissing, redis, type Service } from '../services/index.ts'
import { copyOf, dataSession, newFolder, pipe } from './data-session.ts'

interface Report {
  readonly driver: string
  readonly complete: boolean
  readonly records: number
  readonly empty: number
  readonly damaged: number
  readonly unreadable: number
  readonly formats: Readonly<Record<string, number>>
  readonly layouts: Readonly<Record<string, number>>
  readonly texts: Readonly<Record<string, number>>
  readonly ids: Readonly<Record<string, number>>
  readonly damages: readonly { readonly id: string; readonly reason: string }[]
  readonly others: unknown
  readonly options: Readonly<Record<string, unknown>>
  readonly check: { readonly readable: number; readonly expired: number }
  readonly remarks: readonly string[]
}

async function examine(...args: string[]): Promise<Report & { code: number }> {
  const { code, out, err } = await dataSession(['doctor', ...args, '--json'])
  if (out === '') throw new Error(err)
  return { code, ...(JSON.parse(out) as Report) }
}

describe('stores that Perl made', () => {
  test.each([
    [
      'cgi-session',
      '',
      {
        code: 0,
        records: 10,
        formats: { JSON: 3, Storable: 3, FreezeThaw: 2, DataDumper: 1, YAML: 1 },
        layouts: { CGISession: 10 },
        options: { type: 'driver:File;id:MD5;serialize:Auto;layout:CGISession' },
        check: { readable: 10, expired: 10 },
        others: { files: 2, links: 0, folders: 0 },
      },
    ],
    [
      'cgi-session',
      'sessions.sqlite',
      {
        code: 0,
        driver: 'SQLite',
        records: 14,
        options: { type: 'driver:SQLite;id:MD5;serialize:Auto;layout:CGISession' },
        check: { readable: 14 },
      },
    ],
    [
      'apache-session',
      '',
      {
        code: 1,
        records: 9,
        formats: { Base64: 3, Storable: 2, Sybase: 2, UUEncode: 1 },
        layouts: { ApacheSession: 8 },
        ids: { MD5: 8 },
        damages: [{ id: 'README.md', reason: 'its first bytes are like those of no format' }],
        options: { type: 'driver:File;id:MD5;serialize:Auto;layout:ApacheSession', fileName: '%s' },
        check: { readable: 8, expired: 0 },
      },
    ],
    [
      'concierge',
      '',
      {
        code: 1,
        formats: { JSON: 4 },
        layouts: { Concierge: 4 },
        ids: { UUID36: 4 },
        damaged: 2,
        options: { type: 'driver:File;id:UUID36;serialize:JSON;layout:Concierge', fileName: '%s' },
        check: { readable: 4, expired: 3 },
      },
    ],
    [
      'concierge',
      'sessions.db',
      {
        layouts: { Concierge: 4 },
        options: { type: 'driver:SQLite;id:UUID36;serialize:JSON;layout:Concierge' },
      },
    ],
    [
      'perl-stores',
      '',
      {
        formats: { DataDumper: 3, JSON: 2, YAML: 1 },
        layouts: { DataSession: 6 },
        texts: { ascii: 3, utf8: 1, latin1: 1, characters: 1 },
        options: { type: 'driver:File;id:MD5;serialize:Auto' },
      },
    ],
  ])('%s %s', async (fixture, file, expected) => {
    expect(await examine(join(copyOf(fixture), file))).toMatchObject(expected)
  })
})

/** A folder with these records. */
function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = newFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const id = (digit: string) => `cgisess_${digit.repeat(32)}`
const dumped = (value: string) =>
  Buffer.from(
    `$D = {'_SESSION_ID' => 'x','_SESSION_ATIME' => 1,'_SESSION_CTIME' => 1,'_SESSION_ETIME' => 0,` +
      `'_SESSION_PTIME' => {},'name' => '${value}'};;$D`,
    'latin1',
  )
const octets = (text: string) => Buffer.from(text).toString('latin1')

describe('text', () => {
  test('of a program that does not decode', async () => {
    const report = await examine(folderWith({ [id('1')]: dumped(octets('Zoë')), [id('2')]: dumped('Ann') }))
    expect(report).toMatchObject({ texts: { utf8: 1, ascii: 1 }, options: { perlText: 'utf8' } })
    expect(report.remarks.join()).not.toMatch(/text/i)
  })

  test('of one that does', async () => {
    const report = await examine(folderWith({ [id('1')]: dumped('Zo\xeb') }))
    expect(report).toMatchObject({ texts: { latin1: 1 } })
    expect(report.options).not.toHaveProperty('perlText')
  })

  test('of both', async () => {
    const files = { [id('1')]: dumped('Zo\xeb'), [id('2')]: dumped(octets('Zoë')) }
    const report = await examine(folderWith(files))
    expect(report).toMatchObject({ texts: { latin1: 1, utf8: 1 } })
    expect(report.remarks).toContainEqual(expect.stringContaining('no value of perlText suits both'))
  })

  test('of one that encodes twice', async () => {
    const report = await examine(folderWith({ [id('1')]: dumped(octets(octets('Café'))) }))
    expect(report.texts).toEqual({ double: 1 })
    expect(report.remarks).toContainEqual(expect.stringContaining('CafÃ©'))
  })

  test('of JSON', async () => {
    const json = (name: string) =>
      `{"_SESSION_ID":"x","_SESSION_ATIME":1,"_SESSION_PTIME":{},"name":"${name}"}`
    const report = await examine(folderWith({ [id('1')]: json('Zoë'), [id('2')]: json(octets('Zoë')) }))
    expect(report.texts).toEqual({ utf8: 1, double: 1 })
    expect(report.options).not.toHaveProperty('perlText')
  })
})

describe('a folder', () => {
  test('with all sorts of things in it', async () => {
    const good = dumped('Ann')
    const folder = folderWith({
      [id('1')]: good,
      [id('2')]: good.subarray(0, 40),
      [id('3')]: '',
      [id('4')]: '$D = [];;$D',
      [id('5')]: "$D = {'_SESSION_ID' => 'x','_SESSION_ATIME' => 'soon'};;$D",
      [id('6')]: 'GIF89a',
      [id('7')]: "$D = {'just' => 'a hash'};;$D",
      'index.html': '<html>',
    })
    mkdirSync(join(folder, 'old'))
    symlinkSync(join(folder, id('1')), join(folder, id('8')))
    const report = await examine(folder)
    expect(report).toMatchObject({
      code: 1,
      complete: true,
      records: 7,
      empty: 1,
      damaged: 4,
      unreadable: 0,
      formats: { DataDumper: 5 },
      layouts: { DataSession: 1, unknown: 1 },
      others: { files: 1, links: 1, folders: 1 },
      options: { type: 'driver:File;id:MD5;serialize:DataDumper', directory: folder },
      check: { readable: 2, expired: 0 },
    })
    expect(new Map(report.damages.map(({ id, reason }) => [id[0], reason]))).toEqual(
      new Map([
        ['2', expect.stringContaining('offset')],
        ['4', expect.stringMatching(/hash/)],
        ['5', expect.stringContaining('_SESSION_ATIME')],
        ['6', 'its first bytes are like those of no format'],
      ]),
    )
    expect((report.others as { examples: string[] }).examples.sort()).toEqual([id('8'), 'index.html', 'old'])
    const { out, err } = await dataSession(['doctor', folder])
    expect(out).toContain('besides  1 other file, 1 link, 1 folder: ')
    expect(err).toBe('data-session: 4 of 7 records cannot be read\n')
  })

  test('with other names, and in subfolders', async () => {
    const folder = newFolder()
    const options = { type: 'driver:File;id:SHA1;serialize:Devalue', directory: folder }
    await using store = await SessionStore.open({ ...options, fileName: 's%s.dat', shards: 2 })
    const session = await store.create()
    session.param('x', new Date(0))
    await session.flush()
    const report = await examine(folder)
    expect(report.options).toEqual({ ...options, fileName: 's%s.dat', shards: 2 })
    expect(report.check).toEqual({ readable: 1, expired: 0 })
  })

  test('with nothing in it', async () => {
    const { code, out } = await dataSession(['doctor', newFolder()])
    expect([code, out]).toEqual([0, 'driver   File\nrecords  0\n'])
  })

  test('of express-session', async () => {
    const name = `${'aB3_-x'.repeat(6).slice(0, 32)}.json`
    const record = { cookie: { originalMaxAge: 1000, expires: null }, __lastAccess: 1, user: 'Ann' }
    expect(await examine(folderWith({ [name]: JSON.stringify(record) }))).toMatchObject({
      layouts: { ExpressSession: 1 },
      options: { type: 'driver:File;id:MD5;serialize:JSON;layout:ExpressSession', fileName: '%s.json' },
      check: { readable: 1 },
    })
  })

  test('is looked at as far as it is told', async () => {
    const files = Object.fromEntries('0123456789'.split('').map((digit) => [id(digit), dumped('Ann')]))
    const folder = folderWith(files)
    expect(await examine(folder, '-n', '4')).toMatchObject({
      records: 4,
      complete: false,
      check: { readable: 4 },
    })
    expect(await examine(folder, '-n', '4', '--all')).toMatchObject({ records: 10, complete: true })
    expect((await dataSession(['doctor', folder, '-n', '4'])).out).toContain(
      'records  the first 4; --all looks at all of them',
    )
  })

  test('of CGI::Session, with Storable in network order and JSON of JSON::Syck', async () => {
    const only = (fixture: string, name: string) => {
      const folder = newFolder()
      copyFileSync(join(copyOf(fixture), name), join(folder, name))
      return folder
    }
    const json = only('cgi-session', 'cgisess_cgi-file-json-text')
    expect((await examine(json)).options).toMatchObject({ perlJson: 'syck' })
    const directory = only('apache-session', '00000000000000000000000000abc00d')
    expect((await examine(directory)).options).toEqual({
      type: 'driver:File;id:MD5;serialize:Storable;layout:ApacheSession',
      directory,
      fileName: '%s',
      storableOrder: 'network',
    })
  })
})

test('what it prints opens the store', async () => {
  const folder = folderWith({ [id('1')]: dumped(octets('Zoë')) })
  const { out } = await dataSession(['doctor', folder])
  const flags = /^flags\n {2}(.*)$/m.exec(out)?.[1] ?? ''
  const yaml = /^data-session\.config\.yaml\n((?: {2}.*\n)+)/m.exec(out)?.[1]?.replace(/^ {2}/gm, '') ?? ''
  const get = ['get', '1'.repeat(32), 'name']
  expect(await dataSession([...get, ...flags.replaceAll("'", '').split(' ')])).toMatchObject({ out: 'Zoë\n' })
  const directory = newFolder()
  writeFileSync(join(directory, 'data-session.config.yaml'), yaml)
  expect(await dataSession(get, { directory })).toMatchObject({ out: 'Zoë\n' })
  // Now that there is a configuration, it tells where.
  expect((await dataSession('doctor', { directory })).out).toBe(out)
})

describe('where a store is', () => {
  test('is told when there is none', async () => {
    const folder = folderWith({ 'notes.txt': 'Notes' })
    for (const [where, code, message] of [
      [join(folder, 'absent'), 1, 'There is nothing at'],
      [join(folder, 'notes.txt'), 2, 'is no database that is known'],
      ['ftp://host/', 2, 'ftp://… is no URL of a store'],
      ['dbi:Sybase:x', 2, "Unknown driver 'Sybase'"],
    ] as const) {
      const outcome = await dataSession(['doctor', where])
      expect([where, outcome.code, outcome.out]).toEqual([where, code, ''])
      expect(outcome.err).toContain(message)
    }
  })

  test('may be a table of another name', async () => {
    const dataSource = join(copyOf('sqlite'), 'data-session.sqlite')
    const report = await examine(dataSource, '--table-name', 'sessions_blob')
    expect(report).toMatchObject({ code: 0, options: { tableName: 'sessions_blob', dataSource } })
    expect((await dataSession(['doctor', dataSource, '--table-name', 'absent'])).err).toBe(
      'data-session: The table absent is not there\n',
    )
  })

  test('is shown without a password', () => {
    const report = {
      driver: 'Pg',
      complete: true,
      findings: new Findings(),
      others: undefined,
      check: undefined,
      remarks: [],
      options: {
        type: 'driver:Pg',
        dataSource: 'postgres://ann:secret@db.example/shop?password=secret',
        password: 'secret',
      },
    }
    report.findings.addEmpty()
    const shown = [JSON.stringify(reportFields(report)), reportText(report, pipe)]
    for (const text of shown) {
      expect(text).not.toContain('secret')
      expect(text).toContain('postgres://ann:***@db.example/shop?password=***')
    }
  })
})

describe.skipIf(isMissing('redis'))('in Redis', () => {
  let server: Service
  beforeAll(async () => {
    server = await redis()
  })
  afterAll(() => server?.stop())

  test('the keys of connect-redis are found', async () => {
    const dataSource = `redis://127.0.0.1:${server.port}/0`
    const options = { type: 'driver:Redis;id:UUID36;serialize:JSON;layout:ExpressSession', prefix: 'sess:' }
    await using store = await SessionStore.open({ ...options, dataSource })
    const session = await store.create()
    session.param('x', 1)
    await session.flush()
    for (const where of [dataSource, server.socket!]) {
      expect(await examine(where)).toMatchObject({
        driver: 'Redis',
        records: 1,
        layouts: { ExpressSession: 1 },
        options: { ...options, dataSource: where },
        check: { readable: 1 },
      })
    }
  })
})
