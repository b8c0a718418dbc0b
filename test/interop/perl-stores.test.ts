import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

// Stores that Data::Session 1.18 wrote at 1700000000, and what was in them.
const fixtures = join(import.meta.dirname, '..', 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'data-session-perl-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cases: [string, string, string, SessionOptions][] = []
for (const shared of [false, true]) {
  const kind = shared ? 'shared' : 'taken over'
  for (const [serialize, text] of [
    ['DataDumper', 'datadumper-plain'],
    ['DataDumper', 'datadumper-text'],
    ['JSON', 'json-plain'],
    ['JSON', 'json-text'],
    ['YAML', 'yaml-plain'],
  ] as const) {
    const options = { type: `driver:File;serialize:${serialize}`, directory: join(folder, kind), shared }
    cases.push([`File, ${kind}`, serialize, `file-${text}`, options])
  }
  for (const serialize of ['DataDumper', 'JSON', 'YAML']) {
    const options = {
      type: `driver:SQLite;serialize:${serialize}`,
      dataSource: `dbi:SQLite:dbname=${join(folder, `${kind}.sqlite`)}`,
      shared,
    }
    cases.push([`SQLite, ${kind}`, serialize, `sqlite-${serialize.toLowerCase()}-plain`, options])
  }
}

beforeAll(() => {
  for (const kind of ['shared', 'taken over']) {
    cpSync(join(fixtures, 'perl-stores'), join(folder, kind), { recursive: true })
    cpSync(join(fixtures, 'sqlite', 'data-session.sqlite'), join(folder, `${kind}.sqlite`))
  }
})

describe.each(cases)('%s, %s, session %s', (_, serialize, id, given) => {
  test('is continued where Perl left it', async () => {
    const clock = new TestClock(1_700_000_100)
    await using store = await SessionStore.open({ ...given, clock: clock.now })
    const session = await store.load(id)
    expect(session).toMatchObject({ id, isNew: false, expired: false, etime: 7200, ctime: 1_700_000_000 })
    expect(session.ptime).toEqual({ count: 86_400, visited: 600 })
    expect(session.param('user')).toMatchObject({
      name: 'Alice',
      email: 'alice@example.com',
      roles: ['admin', 'editor'],
    })
    expect(session.param('flags')).toEqual({ beta: 1, dark: 0, note: null })
    expect(session.param('zip')).toBe('00420')
    expect(String(session.param('big'))).toBe('9007199254740993')
    if (id.endsWith('-text')) {
      expect([session.param('latin'), session.param('wide')]).toEqual(['café', '日本 😀'])
    }
    session.param('seen', 'by Node')
    ;(session.param('cart') as { qty: unknown }[])[0]!.qty = 7
    await session.flush()

    const again = await store.load(id)
    expect(again.param()).toEqual(session.param())
    for (const name of session.param()) expect(again.param(name)).toEqual(session.param(name))
    expect(String(again.param('big'))).toBe('9007199254740993')
    if (serialize === 'JSON' && id.startsWith('file')) {
      const bytes = readFileSync(join(given.directory!, `cgisess_${id}`))
      // What Perl wrote in UTF-8, and was not touched, is so still; what is new is escaped.
      expect(bytes.some((byte) => byte > 0x7f)).toBe(id.endsWith('-text'))
      expect(bytes.toString()).toContain('"big":9007199254740993')
    }
    clock.advance(601)
    expect((await store.load(id)).param('visited')).toBeUndefined()
    clock.advance(7201)
    expect((await store.load(id)).expired).toBe(true)
  })
})
