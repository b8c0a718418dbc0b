import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import UUID16 from '../../id-generators/UUID16.ts'
import UUID64 from '../../id-generators/UUID64.ts'
import { InvalidIdError, InvalidOptionError, MissingStorageError, StorageError } from '../../src/errors.ts'
import { newFolder } from '../files/folder.ts'
import { all, image, later, newFileDriver, NOW, textOf } from '../files/new-file-driver.ts'

const zeros = (size: number) => new Uint8Array(size)

describe.each([{ shared: false }, { shared: true }])('$shared shared: names', ({ shared }) => {
  test('lie in the directory, made from the pattern', async () => {
    const directory = join(newFolder(), 'made', 'for it')
    const driver = newFileDriver({ directory, fileName: 's[100%%].%s.(dat)', shared })
    await driver.store('a+b', image('text'), undefined)
    expect(readdirSync(directory)).toEqual(['s[100%].a+b.(dat)'])
    expect(await all(driver.ids())).toEqual(['a+b'])
  })

  test('lie in a folder that is not made if it must exist', () => {
    const directory = join(newFolder(), 'absent')
    expect(() => newFileDriver({ directory, shared, mustExist: true })).toThrow(MissingStorageError)
    expect(existsSync(directory)).toBe(false)
    newFileDriver({ directory, shared })
    newFileDriver({ directory, shared, mustExist: true })
  })

  test('that lead elsewhere or cannot be held exactly are refused by every verb', async () => {
    const outside = newFolder()
    const directory = join(outside, 'inside')
    writeFileSync(join(outside, 'x'), 'not to be seen')
    const driver = newFileDriver({ directory, fileName: '%s', shared })
    const bad = [
      '',
      '/x',
      '../x',
      '..',
      '.',
      '.hidden',
      'a/../../x',
      'a\\b',
      'a\0',
      '\uD800',
      '\uFFFD',
      'é'.repeat(128),
    ]
    for (const id of bad) {
      expect(() => driver.checkId(id), JSON.stringify(id)).toThrow(InvalidIdError)
      for (const work of [
        () => driver.retrieve(id),
        () => driver.store(id, image('x'), 1),
        () => driver.create(id, image('x'), 1),
        () => driver.replace(id, image('x'), image('y'), 1),
        () => driver.remove(id),
        () => driver.removeIf(id, image('x')),
        () => driver.touch?.(id, 1) ?? driver.retrieve(id),
      ]) {
        await expect(later<unknown>(work), JSON.stringify(id)).rejects.toThrow(InvalidIdError)
      }
    }
    expect(readdirSync(directory)).toEqual([])
    expect(readFileSync(join(outside, 'x'), 'utf8')).toBe('not to be seen')
    driver.checkId('é'.repeat(127))
  })

  test('the ids of UUID16 and UUID64 do not go with files', () => {
    const driver = newFileDriver({ directory: newFolder(), shared })
    for (const Generator of [UUID16, UUID64]) {
      const { hardestId } = new Generator(zeros)
      expect(() => driver.checkId(hardestId)).toThrow(InvalidIdError)
    }
  })

  test('any id is refused or comes back as it is', async () => {
    const directory = newFolder()
    const ids = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[.%/\\ -~]{1,9}$/))
    await fc.assert(
      fc.asyncProperty(ids, async (id) => {
        const driver = newFileDriver({ directory, fileName: '%sx', shared })
        try {
          driver.checkId(id)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidIdError)
          return
        }
        await driver.store(id, image('text'), undefined)
        expect(readdirSync(directory)).toHaveLength(1)
        expect(await all(driver.ids())).toEqual([id])
        expect(await driver.remove(id)).toBe(true)
        expect(readdirSync(directory)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('of files that are no sessions are left out', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared })
    await driver.store('mine', image('text'), undefined)
    mkdirSync(join(directory, 'cgisess_folder'))
    symlinkSync(join(directory, 'cgisess_mine'), join(directory, 'cgisess_link'))
    execFileSync('mkfifo', [join(directory, 'cgisess_pipe')])
    for (const name of [
      'xcgisess_three',
      'cgisess_',
      'other',
      '.ds-leftover.tmp',
      '.cgisess_hidden',
      'cgisess_a\\b',
    ]) {
      writeFileSync(join(directory, name), '')
    }
    writeFileSync(Buffer.concat([Buffer.from(join(directory, 'cgisess_')), Buffer.from([0xe9])]), '')
    expect(await all(driver.ids())).toEqual(['mine'])
    expect(await all(driver.ids({ expiredBefore: NOW }))).toEqual(['mine'])
  })

  test('of other things are neither read nor written through', async () => {
    const directory = newFolder()
    const target = join(newFolder(), 'target')
    writeFileSync(target, 'of somebody else')
    const driver = newFileDriver({ directory, shared })
    symlinkSync(target, join(directory, 'cgisess_link'))
    symlinkSync(join(directory, 'nowhere'), join(directory, 'cgisess_dangling'))
    mkdirSync(join(directory, 'cgisess_folder'))
    execFileSync('mkfifo', [join(directory, 'cgisess_pipe')])
    const before = readdirSync(directory)
    for (const id of ['link', 'dangling', 'folder', 'pipe']) {
      for (const work of [
        () => driver.retrieve(id),
        () => driver.store(id, image('x'), 1),
        () => driver.replace(id, image('of somebody else'), image('y'), 1),
        () => driver.remove(id),
        () => driver.removeIf(id, image('of somebody else')),
      ]) {
        await expect(later<unknown>(work), id).rejects.toThrow(StorageError)
      }
      expect(await driver.create(id, image('x'), 1)).toBe(false)
    }
    await expect(later(() => driver.retrieve('link'))).rejects.toThrow(/cgisess_link: it is a symbolic link/)
    expect(readFileSync(target, 'utf8')).toBe('of somebody else')
    expect(readdirSync(directory)).toEqual(before)
  })

  test('links are followed on request', async () => {
    const directory = newFolder()
    const target = join(newFolder(), 'target')
    writeFileSync(target, 'old')
    symlinkSync(target, join(directory, 'cgisess_link'))
    const driver = newFileDriver({ directory, shared, noFollow: false })
    expect(await all(driver.ids())).toEqual(['link'])
    expect(await textOf(driver, 'link')).toBe('old')
    expect(await driver.replace('link', image('old'), image('new'), undefined)).toBe('done')
    expect(await textOf(driver, 'link')).toBe('new')
  })

  test.each([
    ['0o660 less the umask of the process', undefined, 0o660],
    ['the default for 0', 0, 0o660],
    ['a number', 0o600, 0o600],
    ['octal digits', '0640', 0o640],
    ['octal digits as JavaScript writes them', '0o604', 0o604],
  ])('new files have the mode %s', async (_, umask, mode) => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared, umask })
    await driver.store('stored', image('x'), undefined)
    await driver.create('created', image('x'), undefined)
    for (const id of ['stored', 'created']) {
      const stat = lstatSync(join(directory, `cgisess_${id}`))
      expect(stat.mode & 0o777).toBe(mode & ~process.umask())
    }
  })

  test('with fsync a write leaves nothing behind either', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared, fsync: true, shards: shared ? 0 : 2 })
    expect(await driver.create('a', image('1'), 60)).toBe(true)
    expect(await driver.create('a', image('x'), 60)).toBe(false)
    await driver.store('a', image('2'), 60)
    expect(await driver.replace('a', image('1'), image('x'), 60)).toBe('changed')
    expect(await driver.replace('a', image('2'), image('3'), 60)).toBe('done')
    expect((await driver.touch?.('a', 90)) ?? true).toBe(true)
    expect(await textOf(driver, 'a')).toBe('3')
    expect(
      readdirSync(directory, { recursive: true }).filter((name) => String(name).includes('.ds-')),
    ).toEqual([])
    expect(await driver.remove('never there')).toBe(false)
    expect(await driver.removeIf('a', image('3'))).toBe('done')
    expect(await driver.retrieve('a')).toBeUndefined()
  })
})

describe('options', () => {
  test.each([
    { fileName: 'no sign' },
    { fileName: '%s%s' },
    { fileName: '%d' },
    { fileName: '%%s' },
    { fileName: 'a%' },
    { fileName: 'folder/%s' },
    { fileName: '.%s' },
    { umask: 660 },
    { umask: '0x1' },
    { umask: -1 },
    { shards: 3 },
    { shards: 1, shared: true },
    { timeout: Number.NaN },
    { directory: 7 },
  ])('%j is refused', (options) => {
    expect(() => newFileDriver(options)).toThrow(InvalidOptionError)
  })

  test('a directory that is a file is an error that names it', () => {
    const path = join(newFolder(), 'file')
    writeFileSync(path, '')
    expect(() => newFileDriver({ directory: path })).toThrow(StorageError)
    expect(() => newFileDriver({ directory: path })).toThrow(path)
  })
})

describe('the expiry', () => {
  const retrieved = async (lifetime: number | undefined) => {
    const driver = newFileDriver({ directory: newFolder() })
    await driver.store('id', image('x'), lifetime)
    return (await driver.retrieve('id'))?.expires
  }

  test('is kept in the time of modification, to the second', async () => {
    expect(await retrieved(3600)).toBe(NOW + 3600)
    expect(await retrieved(0)).toBeLessThan(NOW)
    expect(await retrieved(-5)).toBe(NOW - 5)
    expect(await retrieved(undefined)).toBeUndefined()
    expect(await retrieved(1e20)).toBeGreaterThan(NOW + 1e9)
  })

  test('is moved by touch without writing', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory })
    await driver.store('id', image('x'), 60)
    const { ino } = lstatSync(join(directory, 'cgisess_id'))
    expect(await driver.touch?.('id', 100)).toBe(true)
    expect(await driver.retrieve('id')).toEqual({ image: Buffer.from('x'), expires: NOW + 100 })
    expect(await driver.touch?.('id', undefined)).toBe(true)
    expect((await driver.retrieve('id'))?.expires).toBeUndefined()
    expect(lstatSync(join(directory, 'cgisess_id')).ino).toBe(ino)
  })

  test('touch makes nothing', async () => {
    const directory = newFolder()
    expect(await newFileDriver({ directory }).touch?.('id', 100)).toBe(false)
    expect(readdirSync(directory)).toEqual([])
  })

  test('lets ids leave out what is known to be alive', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory })
    await driver.store('past', image('x'), -1)
    await driver.store('now', image('x'), 60)
    await driver.store('future', image('x'), 61)
    await driver.store('never', image('x'), undefined)
    const listed = await all(driver.ids({ expiredBefore: NOW + 60 }))
    expect(listed.sort()).toEqual(['never', 'past'])
  })

  test('a time of modification that we did not set says nothing', async () => {
    const directory = newFolder()
    const path = join(directory, 'cgisess_id')
    writeFileSync(path, 'by Perl')
    utimesSync(path, 1, 1_234_567_890.25)
    const driver = newFileDriver({ directory })
    expect((await driver.retrieve('id'))?.expires).toBeUndefined()
    expect(await all(driver.ids({ expiredBefore: 5 }))).toEqual(['id'])
  })

  test('is not kept where Perl writes too', async () => {
    const driver = newFileDriver({ directory: newFolder(), shared: true })
    await driver.store('id', image('x'), 60)
    expect(await driver.retrieve('id')).toEqual({ image: Buffer.from('x') })
    expect(driver.touch).toBeUndefined()
    expect(await all(driver.ids({ expiredBefore: 0 }))).toEqual(['id'])
  })
})

describe('many files', () => {
  test('20,000 are listed each once, while they are removed', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory })
    const first = join(directory, 'cgisess_0')
    writeFileSync(first, '')
    for (let i = 1; i < 20_000; i++) linkSync(first, join(directory, `cgisess_${i}`))
    const seen = new Set<string>()
    let count = 0
    for await (const id of driver.ids()) {
      seen.add(id)
      count += 1
      if (count % 10 === 0) await driver.remove(id)
    }
    expect([count, seen.size]).toEqual([20_000, 20_000])
    expect(readdirSync(directory)).toHaveLength(18_000)
  })

  test('are spread over subfolders on request', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shards: 2 })
    const ids = Array.from({ length: 50 }, (_, i) => `id${i}`)
    for (const id of ids) expect(await driver.create(id, image(id), undefined)).toBe(true)
    expect((await all(driver.ids())).sort()).toEqual(ids.sort())
    // sha1('id7') begins with these digits.
    expect(readdirSync(join(directory, '73', 'e9'))).toEqual(['cgisess_id7'])
    expect(await textOf(driver, 'id7')).toBe('id7')
    expect(await driver.remove('absent')).toBe(false)
    // In a folder where the driver would not look for it, it is no session.
    linkSync(join(directory, '73', 'e9', 'cgisess_id7'), join(directory, '73', 'cgisess_id7'))
    writeFileSync(join(directory, '73', 'e9', 'cgisess_id8'), '')
    expect(await all(driver.ids())).toHaveLength(50)
  })

  test('a directory that has vanished holds nothing', async () => {
    const directory = join(newFolder(), 'gone')
    const driver = newFileDriver({ directory })
    execFileSync('rmdir', [directory])
    expect(await all(driver.ids())).toEqual([])
    expect(await driver.retrieve('id')).toBeUndefined()
    expect(await driver.remove('id')).toBe(false)
    await driver.store('id', image('x'), undefined)
    expect(await all(driver.ids())).toEqual(['id'])
  })
})

test('what a dead writer left is cleared away after an hour', async () => {
  const directory = newFolder()
  const driver = newFileDriver({ directory })
  await driver.store('id', image('x'), 60)
  // A writer that died between giving its file the right name and taking the other away.
  linkSync(join(directory, 'cgisess_id'), join(directory, '.ds-abc-1.tmp'))
  writeFileSync(join(directory, '.ds-abc-2.tmp'), 'half')
  writeFileSync(join(directory, '.htaccess'), 'not ours')
  await all(driver.ids({ expiredBefore: NOW }))
  expect(readdirSync(directory)).toHaveLength(4)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 })
  try {
    await all(driver.ids())
    expect(readdirSync(directory)).toHaveLength(4)
    await all(driver.ids({ expiredBefore: NOW }))
  } finally {
    vi.useRealTimers()
  }
  expect(readdirSync(directory).sort()).toEqual(['.htaccess', 'cgisess_id'])
  expect(await textOf(driver, 'id')).toBe('x')
})
