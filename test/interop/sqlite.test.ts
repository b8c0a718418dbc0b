import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bytes, firstRow, imageOf, list, newPath, openDriver, rawDatabase } from '../drivers/sqlite-setup.ts'

const hasPerl = spawnSync('perl', ['-MDBD::SQLite', '-e', '1']).status === 0

test('Perl with DBD::SQLite is here when everything is required', () => {
  expect(hasPerl || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

/** A Perl program with the database open, which answers one question after another. */
function startPerl(path: string): (...words: string[]) => Promise<string> {
  const child = spawn('perl', [join(import.meta.dirname, 'sqlite-table.pl'), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  onTestFinished(async () => {
    child.stdin.end()
    await once(child, 'exit')
  })
  return async (...words) => {
    child.stdin.write(`${words.join(' ')}\n`)
    const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(20_000) })) as [string]
    return line
  }
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const hex = (image: Uint8Array) => Buffer.from(image).toString('hex')

describe.skipIf(!hasPerl)('Perl and Node on one table', () => {
  test.each(['made by Perl', 'made by Node'])('%s read what the other wrote', async (made) => {
    const path = newPath()
    if (made === 'made by Node') (await openDriver({ dataSource: path, shared: true })).close()
    const perl = startPerl(path)
    expect(await perl('ids')).toBe('')
    const driver = await openDriver({ dataSource: `dbi:SQLite:dbname=${path}`, shared: true })

    expect(await driver.create('node', everyByte, 60)).toBe(true)
    expect(await perl('read', 'node')).toBe(`blob ${hex(everyByte)}`)

    expect(await perl('store', 'perl', hex(everyByte))).toBe('stored')
    expect(await imageOf(driver, 'perl')).toEqual(Buffer.from(everyByte))

    expect(await driver.replace('perl', everyByte, bytes('from Node'), 60)).toBe('done')
    expect(await perl('read', 'perl')).toBe(`blob ${hex(bytes('from Node'))}`)

    expect(await perl('store', 'node', hex(bytes('from Perl')))).toBe('stored')
    expect(await driver.replace('node', everyByte, bytes('too late'), 60)).toBe('changed')
    expect(await imageOf(driver, 'node')).toEqual(Buffer.from('from Perl'))

    expect((await list(driver)).toSorted()).toEqual(['node', 'perl'])
    expect(await perl('ids')).toBe(`${hex(bytes('node'))} ${hex(bytes('perl'))}`)

    expect(await perl('remove', 'node')).toBe('1')
    expect(await driver.replace('node', bytes('from Perl'), bytes('back'), 60)).toBe('absent')
    expect(await driver.remove('perl')).toBe(true)
    expect(await perl('read', 'perl')).toBe('none')
  })

  test('write at the same time and lose nothing', async () => {
    const path = newPath()
    const perl = startPerl(path)
    await perl('ids')
    const driver = await openDriver({ dataSource: path, shared: true })
    const numbers = Array.from({ length: 50 }, (_, number) => number)
    const fromPerl = (async () => {
      for (const number of numbers) await perl('store', `perl${number}`, hex(bytes(`perl ${number}`)))
    })()
    const fromNode = (async () => {
      for (const number of numbers) {
        await driver.store(`node${number}`, bytes(`node ${number}`), 60)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await Promise.all([fromPerl, fromNode])
    for (const number of numbers) {
      expect(String(await imageOf(driver, `perl${number}`))).toBe(`perl ${number}`)
      expect(await perl('read', `node${number}`)).toBe(`blob ${hex(bytes(`node ${number}`))}`)
    }
    expect(firstRow(rawDatabase(path), 'pragma journal_mode')).toEqual({ journal_mode: 'delete' })
  })
})
