import { describe, expect, onTestFinished, test } from 'vitest'
import { ClosedError, InvalidOptionError, StorageError } from '../../src/errors.ts'
import type { Dialect, Words } from '../../src/sql/dialect.ts'
import type { Answer, Link, Value } from '../../src/sql/link.ts'
import { OwnLinks } from '../../src/sql/own-links.ts'
import { ServerDriver } from '../../src/sql/server-driver.ts'
import type { Mark, Statement } from '../../src/sql/statement.ts'
import { bytes } from './servers.ts'

const deadlock = Object.assign(new Error('deadlock'), { undone: true })
const lost = Object.assign(new Error('connection lost'), { lost: true })

/** A server that answers what it is told to, and notes what it is asked. */
class Script {
  readonly asked: (readonly [sql: string, ...values: Value[]])[] = []
  readonly answers: (Partial<Answer> | Error)[] = []
  connections = 0

  readonly connect = async (): Promise<Link> => {
    this.connections += 1
    let broken = false
    return {
      get broken() {
        return broken
      },
      run: async ({ sql }: Statement, values: readonly Value[]) => {
        this.asked.push([sql, ...values])
        const answer = this.answers.shift() ?? {}
        if (!(answer instanceof Error)) return { rows: [], count: 0, ...answer }
        broken = 'lost' in answer
        throw answer
      },
      cut: () => {
        broken = true
      },
      end: async () => {},
      keepAlive: () => {},
    }
  }
}

/** As short as SQL can be. A store in one statement is what this one does not have. */
const words: Words = {
  table: 't',
  id: 'id',
  data: 'data',
  expires: 'expires',
  readId: 'id',
  readImage: 'data',
  newImage: (mark) => mark('image'),
  isId: (mark) => `id = ${mark('id')}`,
  isImage: (mark) => `data = ${mark('expected')}`,
  create: (mark: Mark) => `insert into t values (${mark('id')}, ${mark('image')}, ${mark('expires')})`,
  store: undefined,
  purge: (mark, limit) => `purge before ${mark('now')} limit ${limit}`,
  limit: (rows) => `fetch first ${rows} rows only`,
}

class ScriptedDriver extends ServerDriver {
  constructor(script: Script, options: Readonly<Record<string, unknown>> = {}) {
    const links = new OwnLinks('The server', script.connect, { max: 2 })
    const id = {
      maxCharacters: 5,
      maxBytes: 10,
      pads: true,
      exact: true,
      binary: false,
      holds: 'ASCII',
    } as const
    const dialect: Dialect = {
      product: 'Test',
      marks: 'question',
      textHoldsNul: true,
      perlReadsTextAsBytes: false,
      connect: async () => ({ called: 'The server', links }),
      findTable: async (_, names) => ({
        names,
        id,
        data: { kind: 'binary', maxBytes: 20, type: 'bytes(20)' },
        expires: true,
      }),
      tableSql: () => [],
      words: () => words,
      readBytes: (value) => value as Uint8Array,
      readId: (value) => value as string,
      isDuplicate: (error) => (error as Error).message === 'duplicate',
      isUndone: (error) => 'undone' in Object(error),
      advice: () => 'Try this',
    }
    super(dialect, options, () => 1_700_000_000_000)
  }
}

async function opened(
  answers: (Partial<Answer> | Error)[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ driver: ScriptedDriver; script: Script }> {
  const script = new Script()
  const driver = new ScriptedDriver(script, options)
  await driver.open()
  onTestFinished(() => driver.close())
  script.answers.push(...answers)
  return { driver, script }
}

const image = bytes('image')

describe('what has failed', () => {
  test('is done again when it met a deadlock', async () => {
    const { driver, script } = await opened([deadlock, deadlock, { count: 1 }])
    expect(await driver.remove('a')).toBe(true)
    expect(script.asked.map(([sql]) => sql)).toEqual(
      Array.from({ length: 3 }, () => 'delete from t where id = ?'),
    )
    expect(script.connections).toBe(1)
  })

  test('is done again, on another connection, when that was lost and it only read or moved the expiry', async () => {
    const { driver, script } = await opened([lost, { rows: [[1_700_000_060, image]] }, lost, { count: 1 }])
    expect(await driver.retrieve('a')).toEqual({ image, expires: 1_700_000_060 })
    expect(await driver.touch!('a', 60)).toBe(true)
    expect(script.connections).toBe(3)
  })

  test.each<[string, (driver: ScriptedDriver) => unknown]>([
    ['store', (driver) => driver.store('a', image, 60)],
    ['create', (driver) => driver.create('a', image, 60)],
    ['replace', (driver) => driver.replace!('a', image, image, 60)],
    ['remove', (driver) => driver.remove('a')],
    ['removeIf', (driver) => driver.removeIf!('a', image)],
    ['purge', (driver) => driver.purge!(5)],
  ])('is not done again when the connection was lost: %s', async (_, write) => {
    const { driver, script } = await opened([lost])
    const writing = Promise.resolve(write(driver))
    await expect(writing).rejects.toThrow(StorageError)
    await expect(writing).rejects.toThrow('The server: connection lost. Try this')
    await expect(writing).rejects.toMatchObject({ cause: lost })
    expect(script.asked).toHaveLength(1)
  })
})

describe('without an upsert', () => {
  const update = 'update t set data = ?, expires = ? where id = ?'
  const insert = 'insert into t values (?, ?, ?)'
  const duplicate = new Error('duplicate')
  const sqlOf = ({ asked }: Script) => asked.map(([sql]) => sql)

  test('a store is an update, or else an insert', async () => {
    const { driver, script } = await opened([{ count: 1 }, { count: 0 }, { count: 1 }])
    await driver.store('a', image, 60)
    await driver.store('a', image, undefined)
    expect(script.asked).toEqual([
      [update, Buffer.from(image), 1_700_000_060, 'a'],
      [update, Buffer.from(image), Number.MAX_SAFE_INTEGER, 'a'],
      [insert, 'a', Buffer.from(image), Number.MAX_SAFE_INTEGER],
    ])
  })

  test('it is an update after all when somebody else was faster', async () => {
    const { driver, script } = await opened([{ count: 0 }, duplicate, { rows: [[1]] }, { count: 1 }])
    await driver.store('a', image, 60)
    expect(sqlOf(script)).toEqual([update, insert, 'select 1 as found from t where id = ?', update])
  })

  test('it is made after all where others make and remove the same all the time', async () => {
    const { driver } = await opened([
      ...Array.from({ length: 10 }, () => [duplicate, {}]).flat(),
      { count: 1 },
    ])
    expect(await driver.create('a', image, 60)).toBe(true)
  })

  test('a duplicate that nobody can find is an error', async () => {
    const { driver } = await opened(Array.from({ length: 20 }, () => [duplicate, {}]).flat())
    await expect(driver.create('a', image, 60)).rejects.toMatchObject({ cause: duplicate })
  })
})

test('what the columns cannot hold is refused before it is sent', async () => {
  const { driver, script } = await opened([])
  for (const id of ['abcdef', 'ä', '\0', 'a ', '\ud800'])
    expect(() => driver.checkId(id)).toThrow('cannot keep the id')
  driver.checkId('abcde')
  await expect(driver.store('a', new Uint8Array(21), 60)).rejects.toThrow(
    'holds 20 bytes, while this session takes 21',
  )
  expect(script.asked).toEqual([])
})

test('after closing nothing works', async () => {
  const { driver } = await opened([])
  await driver.close()
  await expect(driver.retrieve('a')).rejects.toThrow(ClosedError)
  expect(() => driver.ids()).toThrow(ClosedError)
  await driver.close()
  expect(() => new ScriptedDriver(new Script(), { timeout: 'x' })).toThrow(InvalidOptionError)
})
