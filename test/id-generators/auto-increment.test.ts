import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import AutoIncrement from '../../id-generators/AutoIncrement.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { IdGeneratorError, InvalidOptionError, LockTimeoutError } from '../../src/errors.ts'
import { flockCommand } from '../../src/files/flock-command.ts'
import { koffiFlock } from '../../src/files/koffi-flock.ts'
import { script } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { later, silent } from '../files/new-file-driver.ts'

function counting(content: string | undefined, options: PluginOptions = {}) {
  const idFile = join(newFolder(), 'id')
  if (content !== undefined) writeFileSync(idFile, content)
  return { idFile, generator: new AutoIncrement({ idFile, ...options }, silent) }
}

describe('counts', () => {
  test.each<[string, string | undefined, PluginOptions, string[]]>([
    ['from 1 when there is no file', undefined, {}, ['1', '2', '3']],
    ['from 1 in an empty file', '', {}, ['1', '2']],
    ['from the base by the step', undefined, { idBase: 99, idStep: 2 }, ['101', '103']],
    ['by 1 for a step of 0', '5', { idStep: 0 }, ['6', '7']],
    ['on from the file, whatever the base', '7', { idBase: 1000 }, ['8', '9']],
    ['with a newline in the file', '9\n', {}, ['10', '11']],
    ['with zeros in front', '007', {}, ['8', '9', '10']],
    ['on from 0', '0', { idBase: 5 }, ['1']],
    ['backwards', '12', { idStep: -1 }, ['11', '10', '9', '8']],
    ['exactly beyond 2 to the 53rd', '9007199254740993', {}, ['9007199254740994', '9007199254740995']],
    [
      'with options from a Perl script',
      undefined,
      { idBase: '9007199254740993', idStep: '10' },
      ['9007199254741003'],
    ],
  ])('%s', async (_, content, options, expected) => {
    const { idFile, generator } = counting(content, options)
    const size = content?.length ?? 0
    for (const id of expected) {
      expect(await generator.generate()).toBe(id)
      // As Perl reads it; never shorter than before, so that no moment of a crash makes it a smaller number.
      const now = readFileSync(idFile, 'utf8')
      expect(now).toMatch(/^\d+$/)
      expect(BigInt(now)).toBe(BigInt(id))
      expect(now.length).toBeGreaterThanOrEqual(size)
    }
  })

  test('at once, without a promise, once the file is there', () => {
    const { generator } = counting('1')
    expect([generator.generate(), generator.generate()]).toEqual(['2', '3'])
  })

  test('100 at a time, each once and none left out', async () => {
    const { generator } = counting(undefined)
    const ids = await Promise.all(Array.from({ length: 100 }, () => generator.generate()))
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })

  test.each([
    { how: 'koffi', times: 200 },
    { how: 'command', times: 10 },
  ])('in 4 processes at once, flock by $how', { timeout: 60_000 }, async ({ how, times }) => {
    const { idFile } = counting(undefined)
    const argument = { options: { idFile, timeout: 30_000 }, how, times }
    const children = Array.from({ length: 4 }, () => script('file-ids.mjs', argument))
    for (const child of children) expect(await child.line()).toBe('ready')
    for (const child of children) child.process.stdin!.end()
    const ids: string[] = []
    for (const child of children) for (const line of await child.rest()) ids.push(...line.split(' '))
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 4 * times }, (_, i) => i + 1))
  })

  test('with the mode of the option umask', async () => {
    const { idFile, generator } = counting(undefined, { umask: '0600' })
    await generator.generate()
    expect(lstatSync(idFile).mode & 0o777).toBe(0o600)
  })
})

describe('never begins again', () => {
  test.each([
    'abc',
    '5 ',
    '5\r\n',
    '-5',
    '5\n\n',
    ' 5',
    '1e3',
    '5\n6',
    '٣',
    '9'.repeat(65),
    '9223372036854775808',
  ])('on %j', async (content) => {
    const { idFile, generator } = counting(content)
    await expect(later(() => generator.generate())).rejects.toThrow(IdGeneratorError)
    await expect(later(() => generator.generate())).rejects.toThrow(idFile)
    expect(readFileSync(idFile, 'utf8')).toBe(content)
  })

  test.each<[string, string, PluginOptions]>([
    ['above 2 to the 63rd', '9223372036854775807', {}],
    ['at 0', '1', { idStep: -1 }],
    ['below 0', '1', { idStep: -5 }],
  ])('%s', async (_, content, options) => {
    const { idFile, generator } = counting(content, options)
    await expect(later(() => generator.generate())).rejects.toThrow(IdGeneratorError)
    expect(readFileSync(idFile, 'utf8')).toBe(content)
  })

  test('with a base that makes the first id 0', async () => {
    const { generator } = counting(undefined, { idBase: -1 })
    await expect(later(() => generator.generate())).rejects.toThrow(IdGeneratorError)
  })
})

test('the hardest id is the last', async () => {
  const { generator } = counting('9223372036854775806')
  expect(await generator.generate()).toBe(generator.hardestId)
  expect(generator.idLength).toBe(32)
})

test('a missing folder, a link, a folder, a pipe in place of the file are errors that name it', async () => {
  const folder = newFolder()
  const target = join(folder, 'target')
  writeFileSync(target, '5')
  symlinkSync(target, join(folder, 'link'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  mkdirSync(join(folder, 'folder'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  for (const name of ['missing/id', 'link', 'dangling', 'folder', 'pipe']) {
    const idFile = join(folder, name)
    const generator = new AutoIncrement({ idFile }, silent)
    await expect(
      later(() => generator.generate()),
      name,
    ).rejects.toThrow(IdGeneratorError)
    await expect(
      later(() => generator.generate()),
      name,
    ).rejects.toThrow(idFile)
  }
  expect(readFileSync(target, 'utf8')).toBe('5')
  expect(existsSync(join(folder, 'nowhere'))).toBe(false)
})

test.each([{ idBase: 1.5 }, { idStep: 'x' }, { idStep: true }, { idFile: 5 }, { umask: 660 }])(
  'the options %j are refused',
  (options) => {
    expect(() => new AutoIncrement(options, silent)).toThrow(InvalidOptionError)
  },
)

test.each([
  ['koffi', koffiFlock],
  ['the command', flockCommand],
])('waits for the lock no longer than the timeout, flock by %s', async (_, finder) => {
  const { idFile } = counting('5')
  const holding = new AutoIncrement({ idFile }, silent, finder)
  const { openSync, closeSync } = await import('node:fs')
  const fd = openSync(idFile, 'r+')
  expect(await finder()!.tryLock(fd, 'exclusive')).toBe(true)
  const hasty = new AutoIncrement({ idFile, timeout: 30 }, silent, finder)
  await expect(later(() => hasty.generate())).rejects.toThrow(LockTimeoutError)
  const patient = holding.generate()
  closeSync(fd)
  expect(await patient).toBe('6')
})
