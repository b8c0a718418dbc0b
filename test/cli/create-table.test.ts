import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { InvalidOptionError, SessionStore, tableSql } from '../../src/index.ts'
import { dataSession, newFolder } from './data-session.ts'

const sqlite = `create table if not exists "sessions" ("id" text not null primary key, "a_session" blob not null, "expires" integer);
create index if not exists "sessions_expires" on "sessions" ("expires");
`

test('the SQL is printed, and nothing is opened', async () => {
  const path = join(newFolder(), 'sessions.sqlite')
  const args = `create-table --type driver:SQLite --data-source ${path}`
  expect(await dataSession(args)).toEqual({ code: 0, out: sqlite, err: '' })
  expect(existsSync(path)).toBe(false)
})

test('the table is made, and left alone when it is there', async () => {
  const dataSource = join(newFolder(), 'sessions.sqlite')
  const type = 'driver:SQLite;id:UUID36;serialize:JSON'
  const args = `create-table --type ${type} --data-source ${dataSource} --run`
  expect(await dataSession(args)).toEqual({ code: 0, out: 'The table is there.\n', err: '' })
  const store = await SessionStore.open({ type, dataSource })
  onTestFinished(() => store.close())
  const session = await store.load('kept')
  session.param('cart', 'apple')
  await session.flush()
  expect((await dataSession(args)).code).toBe(0)
  expect((await store.load('kept')).param('cart')).toBe('apple')
})

test.each([
  ['--table-name app.carts --id-col-name key', '"app"."carts" ("key" '],
  [
    '-o tableName=carts -o pgText=true',
    '"carts" ("id" text collate "C" not null primary key, "a_session" text',
  ],
  ['-o table_name=carts', '"carts" '],
  ['-o tableName=a=b', '"a=b" '],
  ['-o dataSourceAttrs={"max":3}', '"sessions" '],
])('what goes into it is told by flags: %s', async (flags, expected) => {
  const { code, out } = await dataSession(`create-table -t driver:pg ${flags}`)
  expect([code, out]).toEqual([0, expect.stringContaining(`create table if not exists ${expected}`)])
})

test('the environment tells too, and flags go before it', async () => {
  const environment = {
    DATA_SESSION_TYPE: 'driver:Pg',
    DATA_SESSION_TABLE_NAME: 'carts',
    DATA_SESSION_PG_TEXT: 'true',
  }
  expect((await dataSession('create-table', { environment })).out).toMatch(/"carts" .*"a_session" text/)
  expect((await dataSession('create-table --table-name other', { environment })).out).toMatch(
    /"other" .*"a_session" text/,
  )
})

test.each([
  ['create-table --type driver:File', 'driver:File keeps its sessions in no table'],
  ['create-table --type driver:Mongo', "Unknown driver 'Mongo'"],
  ['create-table --type driver', 'driver'],
  ['create-table --type driver:Pg -o tableNam=x', "did you mean 'tableName'?"],
  ['create-table --type driver:Pg -o tableName', 'name=value'],
  ['create-table --type driver:Pg --table-name a.b.c', 'schema.table'],
  ['create-table --tipe driver:Pg', 'Did you mean --type?'],
  ['create-tabel', 'Did you mean create-table?'],
  ['', 'Usage: data-session'],
])('a mistake is told, with the exit code 2: %s', async (args, message) => {
  const { code, out, err } = await dataSession(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

test('what fails later has the exit code 1, and no stack', async () => {
  const path = join(newFolder(), 'absent', 'sessions.sqlite')
  const { code, out, err } = await dataSession(
    `create-table --type driver:SQLite --data-source ${path} --run`,
  )
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^data-session: SQLite database .*\n$/)
})

test.each(['--help', 'create-table --help', 'help create-table'])('%s teaches', async (args) => {
  const { code, out, err } = await dataSession(args)
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    args === '--help' ? /create-table .*print the SQL/ : /Examples:\n {2}data-session create-table/,
  )
})

test('a program asks for the same', async () => {
  expect(
    (await tableSql({ type: 'driver:SQLite', dataSource: ':memory:' })).map((sql) => `${sql};\n`).join(''),
  ).toBe(sqlite)
  await expect(tableSql({ type: 'driver:Memory' })).rejects.toThrow(InvalidOptionError)
})
