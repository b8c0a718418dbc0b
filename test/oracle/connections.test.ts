import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import Oracle from '../../drivers/Oracle.ts'
import { InvalidOptionError, StorageError } from '../../src/errors.ts'
import { locateOracle } from '../../src/oracle/location.ts'
import { freePort } from '../services/ports.ts'

const long = (host: string, port: number, data: string) =>
  `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=${host})(PORT=${port}))(CONNECT_DATA=${data}))`

describe('where an Oracle is', () => {
  const cases: [given: Record<string, unknown>, config: Record<string, unknown>, called: string][] = [
    [
      { dataSource: 'dbi:Oracle:host=db.example;sid=ORCL;port=1522', username: 'me', password: 'secret' },
      { connectString: long('db.example', 1522, '(SID=ORCL)'), user: 'me', password: 'secret' },
      'Oracle database db.example:1522',
    ],
    [
      { dataSource: 'dbi:Oracle:host=db.example;service_name=app;server=POOLED' },
      { connectString: long('db.example', 1521, '(SERVICE_NAME=app)(SERVER=POOLED)') },
      'Oracle database db.example:1521',
    ],
    [{ dataSource: 'dbi:Oracle:SHOP' }, { connectString: 'SHOP' }, 'Oracle database SHOP'],
    [
      { dataSource: 'dbi:Oracle://db.example:1521/app' },
      { connectString: 'db.example:1521/app' },
      'Oracle database db.example:1521/app',
    ],
    [
      { dataSource: `dbi:Oracle:${long('h', 1, '(SID=S)')}` },
      { connectString: long('h', 1, '(SID=S)') },
      'Oracle database (DESC',
    ],
    [
      { dataSource: 'oracle://me:se%40cret@db.example:1523/app', host: 'other' },
      { connectString: long('other', 1523, '(SERVICE_NAME=app)'), user: 'me', password: 'se@cret' },
      'Oracle database other:1523',
    ],
    [
      // As an option hash of a Perl program has it.
      {
        username: 'me',
        dataSourceAttrs: {
          connectString: 'db.example/app',
          AutoCommit: 1,
          ora_charset: 'AL32UTF8',
          poolMax: 2,
        },
      },
      { connectString: 'db.example/app', user: 'me', poolMax: 2 },
      'Oracle database db.example/app',
    ],
  ]

  test.each(cases)('%j', (given, config, called) => {
    const location = locateOracle(given)
    expect(location.config).toEqual(config)
    expect(location.called).toContain(called)
    expect(location.called).not.toContain('cret')
  })

  test.each([
    [{}, 'driver:Oracle needs the option dataSource'],
    [{ dataSource: 'dbi:Pg:dbname=app' }, 'this one begins with dbi:Pg:'],
    [{ dataSource: 'dbi:Oracle:host=a)(b;sid=S' }, 'cannot reach "a)(b"'],
    [{ dataSource: 'dbi:Oracle:SHOP', socket: '/run/socket' }, 'takes no option socket'],
  ])('%j is refused', (given, message) => {
    expect(() => locateOracle(given)).toThrow(InvalidOptionError)
    expect(() => locateOracle(given)).toThrow(message)
  })
})

test.each([[{}], [{ dbh: {} }], [{ dataSource: 'dbi:Oracle:S', dataSourceAttrs: { poolMax: 0 } }]])(
  'options %j are refused at opening',
  async (options) => {
    await expect(new Oracle(options, Date.now).open()).rejects.toThrow(InvalidOptionError)
  },
)

const open = (options: Readonly<Record<string, unknown>>) =>
  new Oracle({ username: 'me', password: 'secret', ...options }, Date.now).open()

test('a port where nobody listens is a StorageError, by the real client', async () => {
  const port = await freePort()
  for (const dataSource of [
    `dbi:Oracle:host=127.0.0.1;port=${port};sid=SHOP`,
    `oracle://127.0.0.1:${port}/shop`,
    `dbi:Oracle://127.0.0.1:${port}/shop`,
  ]) {
    const opening = open({ dataSource, timeout: 20_000 })
    await expect(opening).rejects.toThrow(StorageError)
    await expect(opening).rejects.toThrow(new RegExp(`NJS-503.*port ${port}`))
  }
})

test('a name that tnsnames.ora would have to have says so', async () => {
  await expect(open({ dataSource: 'dbi:Oracle:SHOP', timeout: 20_000 })).rejects.toThrow(/NJS-516.*configDir/)
})

test('a server that accepts and does not answer fails within the timeout', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const opening = open({ dataSource: `oracle://127.0.0.1:${port}/shop`, timeout: 500 })
  await expect(opening).rejects.toThrow(`Oracle database 127.0.0.1:${port} did not answer within 500 ms`)
})
