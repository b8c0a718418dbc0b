import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { SessionStore } from '../../src/index.ts'
import { isPerlMissing, problemsOf } from '../berkeley-db/here.ts'
import { newDriver, textOf } from '../berkeley-db/new-driver.ts'
import { type Child, perl } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { all, image } from '../files/new-file-driver.ts'

const hex = (text: string) => Buffer.from(text).toString('hex')

/** A Perl program with the database open, which answers one question after another. */
async function startPerl(...words: string[]): Promise<{ ask: Ask; child: Child }> {
  const child = perl('berkeleydb.pl', ...words)
  expect(await child.line()).toBe('ready')
  const ask: Ask = async (...question) => {
    child.tell(question.join(' '))
    return child.line()
  }
  return { ask, child }
}

type Ask = (...question: string[]) => Promise<string | undefined>

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
const images = [everyByte, 'x'.repeat(100_000), '0', 'a\0b']

interface Pair {
  readonly how: string
  readonly perl: (folder: string) => string[]
  readonly ours: (folder: string) => PluginOptions
}

const inEnvironment = (how: string, accessMethod: string): Pair => ({
  how,
  perl: (home) => [how, home, 'sessions.db'],
  ours: (directory) => ({ directory, accessMethod }),
})
const byItself = (how: string): Pair => ({
  how,
  perl: (folder) => [how, join(folder, 'sessions.db')],
  ours: (folder) => ({ dataSource: join(folder, 'sessions.db') }),
})

const pairs = [
  inEnvironment('cds', 'Hash'),
  inEnvironment('cds-btree', 'Btree'),
  byItself('db_file'),
  byItself('tie'),
]

describe.skipIf(isPerlMissing)('Perl and driver:BerkeleyDB', () => {
  describe.each(pairs)('$how', ({ how, perl, ours }) => {
    test.each(['Perl', 'Node'])('read each other in a file that %s makes', async (first) => {
      const folder = newFolder()
      const early = first === 'Perl' ? await startPerl(...perl(folder)) : undefined
      if (early) expect(await early.ask('put', 'first', hex('x'))).toBe('done')
      const driver = await newDriver(ours(folder))
      await driver.store('one', image('from Node'))
      // DB_File keeps pages of its own as long as it is tied: it comes when the others are done.
      const { ask, child } =
        how === 'tie' ? await startPerl(...perl(folder)) : (early ?? (await startPerl(...perl(folder))))
      expect(await ask('get', 'one')).toBe(`=${hex('from Node')}`)
      expect(await ask('get', 'two')).toBe('none')

      for (const text of images) {
        const bytes = Buffer.from(text, 'latin1')
        if (how !== 'db_file' || text !== '0') {
          expect(await ask('put', 'perl', bytes.toString('hex'))).toBe('done')
          expect(Buffer.from((await driver.retrieve('perl'))!.image)).toEqual(bytes)
        }
      }
      if (how === 'tie') child.process.stdin!.end()
      for (const text of how === 'tie' ? [] : images.filter((text) => text !== '0')) {
        const bytes = Buffer.from(text, 'latin1')
        await driver.store('node', bytes)
        expect(await ask('get', 'node')).toBe(`=${bytes.toString('hex')}`)
      }

      if (how === 'tie') await child.rest()
      else {
        expect(await ask('del', 'one')).toBe('done')
        expect(await driver.retrieve('one')).toBeUndefined()
        expect(await driver.remove('perl')).toBe(true)
        expect(await ask('get', 'perl')).toBe('none')
        const wanted = first === 'Perl' ? ['first', 'node'] : ['node']
        expect((await ask('keys'))?.split(' ')).toEqual(wanted)
        expect((await all(driver.ids())).sort()).toEqual(wanted)
      }
      await driver.close()
      expect(problemsOf(join(folder, 'sessions.db'))).toBe('')
    })
  })

  test.each([
    { ...inEnvironment('cds', 'Hash'), each: 3000 },
    { ...inEnvironment('cds-btree', 'Btree'), each: 3000 },
    { ...byItself('db_file'), each: 150 },
  ])('$how: both write at once, and nothing is lost', async ({ perl, ours, each }) => {
    const folder = newFolder()
    const driver = await newDriver(ours(folder))
    await driver.store('zero', image('x'))
    const [one, two] = await Promise.all([startPerl(...perl(folder)), startPerl(...perl(folder))])
    const works = [one.ask('count', '1', String(each)), two.ask('count', String(each + 1), String(2 * each))]
    const textAt = (number: number) => `image of key-${number} `.repeat(20)
    for (let number = 2 * each + 1; number <= 3 * each; number += 10) {
      const numbers = Array.from({ length: 10 }, (_, more) => number + more)
      await Promise.all(numbers.map((n) => driver.create!(`key-${n}`, image(textAt(n)))))
    }
    expect(await Promise.all(works)).toEqual(['done', 'done'])

    const wanted = Array.from({ length: 3 * each }, (_, before) => `key-${before + 1}`)
    expect((await all(driver.ids())).sort()).toEqual([...wanted, 'zero'].sort())
    const texts = await Promise.all(wanted.map((key) => textOf(driver, key)))
    expect(texts.filter((text, before) => text !== textAt(before + 1))).toEqual([])
    expect(await one.ask('get', `key-${3 * each}`)).toBe(`=${hex(textAt(3 * each))}`)
    one.child.process.stdin!.end()
    two.child.process.stdin!.end()
    await Promise.all([one.child.rest(), two.child.rest()])
    await driver.close()
    expect(problemsOf(join(folder, 'sessions.db'))).toBe('')
  })

  test('while Perl holds cds_lock, Node reads, its writes wait, and its event loop does not', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory })
    await driver.store('id', image('old'))
    const { ask } = await startPerl('cds', directory, 'sessions.db')
    expect(await ask('lock')).toBe('locked')

    const events: string[] = []
    const writing = driver.store('id', image('new')).then(() => events.push('written'))
    for (let tick = 0; tick < 50; tick += 1) {
      await new Promise((resolve) => void setTimeout(resolve, 1))
      expect(await textOf(driver, 'id')).toBe('old')
    }
    expect(await all(driver.ids())).toEqual(['id'])
    events.push('ticked')
    expect(await ask('put', 'id', hex('of Perl'))).toBe('done')
    expect(await textOf(driver, 'id')).toBe('of Perl')
    expect(await ask('unlock')).toBe('unlocked')
    await writing
    expect(events).toEqual(['ticked', 'written'])
    expect(await ask('get', 'id')).toBe(`=${hex('new')}`)
  })

  test('while Perl reads with a cursor, Node reads as well, and its writes wait', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory })
    await driver.store('id', image('old'))
    const { ask } = await startPerl('cds', directory, 'sessions.db')
    expect(await ask('read')).toBe('reading')
    const short = await newDriver({ directory, timeout: 300 })
    await expect(short.store('id', image('new'))).rejects.toThrow('locked by others for more than 300 ms')
    expect(await textOf(driver, 'id')).toBe('old')
    expect(await ask('unread')).toBe('read')
    await driver.store('id', image('new'))
    expect(await ask('get', 'id')).toBe(`=${hex('new')}`)
  })

  test('a write that waits too long for Perl fails, has no effect, and leaves a driver that closes', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory, timeout: 300 })
    await driver.store('id', image('old'))
    const { ask } = await startPerl('cds', directory, 'sessions.db')
    expect(await ask('lock')).toBe('locked')
    const works = [
      driver.store('id', image('new')),
      driver.create!('other', image('new')),
      driver.replace!('id', image('old'), image('new')),
      driver.remove('id'),
      driver.removeIf!('id', image('old')),
    ]
    for (const result of await Promise.allSettled<unknown>(works)) {
      expect(result).toMatchObject({ reason: { code: 'ERR_SESSION_STORAGE' } })
      expect(String((result as PromiseRejectedResult).reason)).toContain('more than 300 ms')
    }
    await driver.close()
    expect(await ask('unlock')).toBe('unlocked')
    expect(await ask('get', 'id')).toBe(`=${hex('old')}`)
    expect(await ask('keys')).toBe('id')
  })

  test('many environments that wait do not use up the thread pool', async () => {
    const folders = Array.from({ length: 6 }, newFolder)
    const drivers = await Promise.all(folders.map((directory) => newDriver({ directory })))
    const perls = await Promise.all(folders.map((home) => startPerl('cds', home, 'sessions.db')))
    for (const { ask } of perls) expect(await ask('lock')).toBe('locked')
    const waiting = drivers.map((driver) => driver.store('id', image('new')))
    const free = await newDriver({ directory: newFolder() })
    for (let round = 0; round < 20; round += 1) {
      await free.store('id', image(String(round)))
      expect(await textOf(free, 'id')).toBe(String(round))
    }
    for (const { ask } of perls) expect(await ask('unlock')).toBe('unlocked')
    await Promise.all(waiting)
  })
})

describe.skipIf(isPerlMissing)('sessions of Perl', () => {
  test('CGI::Session with db_file and this store continue each other', async () => {
    const dataSource = join(newFolder(), 'cgisess.db')
    const made = cgiSession(dataSource, '', '$s->param(name => "Zoe")')
    const store = await SessionStore.open({
      type: 'driver:db_file;serializer:storable;id:md5',
      FileName: dataSource,
      shared: true,
    })
    try {
      const session = await store.load(made)
      expect(session.param('name')).toBe('Zoe')
      session.param('cart', ['apple', 'pear'])
      await session.flush()
      expect(cgiSession(dataSource, made, 'print $s->param("cart")->[1], " "')).toBe(`pear ${made}`)
      expect(cgiSession(dataSource, made, '$s->param(name => "Yan")')).toBe(made)
      expect((await store.load(made)).param('name')).toBe('Yan')
    } finally {
      await store.close()
    }
  })

  test('Apache::Session::DB_File and this store continue each other, one after the other', async () => {
    const folder = newFolder()
    const dataSource = join(folder, 'sessions.db')
    const made = apacheSession(folder, '', '$h{name} = "Zoe"')
    const store = await SessionStore.open({
      type: 'driver:BerkeleyDB;id:MD5;serialize:Storable;layout:ApacheSession',
      dataSource,
      storableOrder: 'network',
      shared: true,
    })
    try {
      const session = await store.load(made)
      expect(session.param('name')).toBe('Zoe')
      session.param('cart', ['apple', 'pear'])
      await session.flush()
      expect(apacheSession(folder, made, 'print $h{cart}[1], " "')).toBe(`pear ${made}`)
    } finally {
      await store.close()
    }
  })
})

/** Opens the session, does something with it as `$s`, and answers what that prints and the id. */
function cgiSession(file: string, id: string, statement: string): string {
  return runPerl(
    `use CGI::Session; my $s = CGI::Session->new('driver:db_file;serializer:storable', $ARGV[1] || undef, ` +
      `{FileName => $ARGV[0]}) or die CGI::Session->errstr; ${statement}; print $s->id; $s->flush`,
    [file, id],
  )
}

/** The same with the session as `%h`. */
function apacheSession(folder: string, id: string, statement: string): string {
  return runPerl(
    `use Apache::Session::DB_File; tie my %h, 'Apache::Session::DB_File', $ARGV[1] || undef, ` +
      `{FileName => "$ARGV[0]/sessions.db", LockDirectory => $ARGV[0]}; ${statement}; print $h{_session_id}`,
    [folder, id],
  )
}

function runPerl(program: string, words: string[]): string {
  const { status, stdout, stderr } = spawnSync('perl', ['-e', program, ...words], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}
