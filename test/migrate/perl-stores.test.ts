import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { migrate, type MigrationProblem, type SessionOptions } from '../../src/index.ts'
import { addsUp } from '../../src/migrate/summary.ts'
import { contents, hasCgiSession, type Made, makeCgiStore, newFolder, snapshot } from './stores.ts'

const count = 1200
const cgi = 'driver:file;serializer:storable;id:md5'

test('CGI::Session is here when everything is required', () => {
  expect(hasCgiSession || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

describe.skipIf(!hasCgiSession)('a store that CGI::Session left, with what gathers there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-perl-'))
  const directory = join(folder, 'sessions')
  const from: SessionOptions = { type: cgi, directory, noFollow: false }
  let sessions: Made[]
  let cut: string[]

  beforeAll(() => {
    mkdirSync(directory)
    sessions = makeCgiStore(directory, count)
    const file = (name: string): string => join(directory, name)
    // Two that were cut off, and one of which nothing is left. None of them is cyclic or has expired.
    cut = [1, 2, 3].map((n) => sessions[n]!.id)
    truncateSync(file(`cgisess_${cut[0]!}`), 90)
    truncateSync(file(`cgisess_${cut[1]!}`), 7)
    truncateSync(file(`cgisess_${cut[2]!}`), 0)
    // Another program's, under our names and under its own.
    writeFileSync(file('cgisess_php'), 'user|a:1:{s:4:"name";s:3:"Zoe";}')
    writeFileSync(file('cgisess_html'), '<html>404</html>\n')
    writeFileSync(file('sess_9b2f'), 'user|i:1;')
    writeFileSync(file('README'), 'Do not delete\n')
    writeFileSync(file('.cgisess_x.swp'), 'x')
    mkdirSync(file('cgisess_folder'))
    // Links: to a session elsewhere, which counts, and to itself, which nobody can read.
    cpSync(file(`cgisess_${sessions[4]!.id}`), join(folder, 'elsewhere'))
    symlinkSync('../elsewhere', file('cgisess_linked'))
    symlinkSync('cgisess_loop', file('cgisess_loop'))
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true }))

  /** Sessions that can be copied to any format, but for those that are cyclic. */
  const whole = (): Made[] => sessions.filter(({ id }) => !cut.includes(id))

  test.each(['Storable', 'DataDumper'])('comes to SQLite as %s', async (serialize) => {
    const before = snapshot(directory)
    const dataSource = join(newFolder(), 'sessions.sqlite')
    const to = { type: `driver:SQLite;id:MD5;serialize:${serialize}`, dataSource }
    const problems: MigrationProblem[] = []
    const quarantine = join(newFolder(), 'quarantine')
    const options = {
      verify: true,
      quarantine,
      onProblem: (problem: MigrationProblem) => problems.push(problem),
    }
    const summary = await migrate(from, to, options)
    expect(summary).toMatchObject({
      // The regular files and links with our names.
      read: count + 4,
      written: count - 3 + 1,
      skipped: 1,
      empty: 1,
      present: 0,
      quarantined: 5,
      vanished: 0,
      verified: count - 3 + 1,
      different: 0,
      complete: true,
      dropped: { _SESSION_REMOTE_ADDR: count - 3 + 1 },
    })
    expect(addsUp(summary)).toBe(true)
    expect(snapshot(directory)).toEqual(before)

    const refused = ['html', 'loop', 'php', cut[0]!, cut[1]!]
    expect(problems.map(({ id }) => id).sort()).toEqual(refused.sort())
    for (const id of refused) {
      const [path] = readdirSync(quarantine).filter(
        (name) => name.startsWith(`${id}-`) && name.endsWith('.json'),
      )
      const about = JSON.parse(readFileSync(join(quarantine, path!), 'utf8')) as Record<string, unknown>
      expect(about).toMatchObject({ id, reason: expect.stringMatching(/./) as string })
      const image = join(quarantine, path!.replace('.json', '.image'))
      if (id === 'loop') expect(about['reason']).toMatch(/symbolic link/)
      else expect(readFileSync(image)).toEqual(readFileSync(join(directory, `cgisess_${id}`)))
    }

    const found = await contents(to)
    expect(found.size).toBe(count - 3 + 1)
    for (const { id, atime, ctime, etime, ptime, params, cyclic } of whole()) {
      const record = found.get(id)!
      expect([id, record.atime, record.ctime, record.etime]).toEqual([id, atime, ctime, etime])
      const lifetimes = [...record.ptime].map(([name, { lifetime }]) => [name, lifetime])
      expect(Object.fromEntries(lifetimes)).toEqual(ptime)
      const { cycle, ...plain } = Object.fromEntries(record.params) as Record<string, unknown>
      expect(plain).toEqual(params)
      if (cyclic) expect((cycle as { self: unknown }).self).toBe(cycle)
      else expect(cycle).toBe(undefined)
    }
  })

  test('comes to JSON, which refuses cycles', async () => {
    const to = { type: 'driver:File;id:MD5;serialize:JSON', directory: join(newFolder(), 'sessions') }
    const problems: MigrationProblem[] = []
    const summary = await migrate(from, to, { verify: true, onProblem: (problem) => problems.push(problem) })
    const cyclic = whole().filter(({ cyclic }) => cyclic)
    expect(summary).toMatchObject({
      quarantined: 5 + cyclic.length,
      written: count - 2 - cyclic.length,
      different: 0,
    })
    expect(addsUp(summary)).toBe(true)
    const reasons = new Map(problems.map(({ id, reason }) => [id, reason]))
    for (const { id } of cyclic) expect(reasons.get(id)).toMatch(/JSON cannot keep/)
  })

  test('stays byte by byte where the format stays', async () => {
    const to = { type: cgi, directory: join(newFolder(), 'sessions') }
    const summary = await migrate(from, to, { verify: true })
    expect(summary).toMatchObject({ written: count - 2, verified: count - 2, dropped: {} })
    for (const { id } of whole()) {
      const name = `cgisess_${id}`
      expect(readFileSync(join(to.directory, name)).equals(readFileSync(join(directory, name)))).toBe(true)
    }
  })

  test('leaves out what has expired, if it is told to', async () => {
    const to = { type: 'driver:Memory;id:MD5;serialize:Storable', memoryName: 'skip-expired' }
    const summary = await migrate(from, to, { skipExpired: true })
    // Every tenth, but for those with two days.
    const expired = sessions.filter(({ atime, etime }) => atime + etime < Date.now() / 1000).length
    expect(expired).toBe(count / 10)
    expect(summary).toMatchObject({ expired, skipped: expired + 1, written: count - 2 - expired })
    expect(addsUp(summary)).toBe(true)
  })

  test('is counted by a dry run, which makes nothing', async () => {
    const place = newFolder()
    const to = { type: 'driver:SQLite;id:MD5;serialize:Storable', dataSource: join(place, 'sessions.sqlite') }
    const options = { quarantine: join(place, 'quarantine'), verify: true, skipExpired: true }
    const {
      seconds: _,
      verified: none,
      dryRun,
      ...planned
    } = await migrate(from, to, { ...options, dryRun: true })
    expect([none, dryRun]).toEqual([0, true])
    expect(readdirSync(place)).toEqual([])
    expect(await migrate(from, to, options)).toMatchObject(planned)
    expect(await migrate(from, to, { ...options, dryRun: true })).toMatchObject({
      written: 0,
      present: planned.written,
    })
  })

  test('can be used by CGI::Session in its new place, too', async () => {
    const dataSource = join(newFolder(), 'sessions.sqlite')
    const to = { type: 'driver:sqlite;serializer:storable;id:md5', dataSource, shared: true }
    expect(await migrate(from, to, { verify: true })).toMatchObject({ verified: count - 2, different: 0 })
    const { id, params } = whole().find(({ atime }) => atime > Date.now() / 1000 - 1000)!
    const script =
      'use CGI::Session; my $s = CGI::Session->load("driver:sqlite;serializer:storable;id:md5", $ARGV[0], ' +
      '{DataSource => $ARGV[1]}) or die CGI::Session->errstr; print $s->is_empty ? "empty" : $s->param("zip")'
    expect(String(execFileSync('perl', ['-e', script, id, dataSource]))).toBe(params['zip'])
  })

  test('keeps quarantine from the eyes of others', async () => {
    const quarantine = join(newFolder(), 'quarantine')
    await migrate(from, { type: 'driver:Memory;serialize:Storable', memoryName: 'eyes' }, { quarantine })
    expect(statSync(quarantine).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(quarantine)) expect(statSync(join(quarantine, name)).mode & 0o077).toBe(0)
  })
})
