import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import AutoIncrement from '../../id-generators/AutoIncrement.ts'
import { CHANGE, FileLocks } from '../../src/files/file-locks.ts'
import { flockCommand } from '../../src/files/flock-command.ts'
import { koffiFlock } from '../../src/files/koffi-flock.ts'
import { perl } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { image, newFileDriver, silent, textOf } from '../files/new-file-driver.ts'

const found = hasPerl()
if (!found && process.env['CI_REQUIRE_ALL'] === '1') throw new Error('There is no perl here')

function hasPerl(): boolean {
  try {
    execFileSync('perl', ['-MFcntl', '-e', '1'])
    return true
  } catch {
    return false
  }
}

describe.skipIf(!found).each([
  ['koffi', koffiFlock],
  ['the command', flockCommand],
])('with Perl at the same files, flock by %s', (_, finder) => {
  test('a write waits while Perl holds the lock, and the event loop turns', async () => {
    const directory = newFolder()
    const path = join(directory, 'cgisess_id')
    writeFileSync(path, 'old')
    const driver = newFileDriver({ directory, shared: true }, finder)
    const holder = perl('flock-hold.pl', path)
    expect([await holder.line(), await holder.line()]).toEqual(['waiting', 'locked'])

    let done = 0
    const works = [
      driver.replace('id', image('old'), image('never written'), undefined),
      driver.retrieve('id'),
      driver.replace('id', image('by Perl'), image('by us'), undefined),
    ].map(async (work) => {
      const result = await work
      done += 1
      return result
    })
    // If waiting for the lock held up the loop, this would never end: Perl holds it until it is told below.
    for (let turns = 0; turns < 30; turns++) await setTimeout(1)
    expect(done).toBe(0)

    holder.tell('by Perl')
    expect(await Promise.all(works)).toEqual(['changed', { image: Buffer.from('by Perl') }, 'done'])
    expect(await holder.rest()).toEqual(['done'])
    expect(readFileSync(path, 'utf8')).toBe('by us')
    expect(readdirSync(directory)).toEqual(['cgisess_id'])
  })

  test('Perl waits while we hold the lock', async () => {
    const path = join(newFolder(), 'file')
    writeFileSync(path, 'old')
    const settings = { timeout: 5000, noFlock: false, follow: false, logger: silent }
    const locks = new FileLocks({ ...settings, findFlock: finder })
    let release = () => {}
    let isHeld = () => {}
    const held = new Promise<void>((resolve) => (isHeld = resolve))
    const ours = locks.with(path, CHANGE, () => {
      isHeld()
      return new Promise<void>((resolve) => (release = resolve))
    })
    await held
    const holder = perl('flock-hold.pl', path)
    expect(await holder.line()).toBe('waiting')
    let locked = false
    const line = holder.line().then((text) => {
      locked = true
      return text
    })
    await setTimeout(50)
    expect(locked).toBe(false)
    release()
    await ours
    expect(await line).toBe('locked')
    holder.tell('')
    await holder.rest()
  })
})

describe.skipIf(!found)('in turns with Perl', () => {
  test('no change of a session is lost', async () => {
    const directory = newFolder()
    const path = join(directory, 'cgisess_n')
    const driver = newFileDriver({ directory, shared: true })
    await driver.store('n', image('0'), undefined)
    const counter = perl('flock-count.pl', path, '100')
    for (let done = 0; done < 100; ) {
      const before = (await driver.retrieve('n'))!.image
      const after = image(String(Number(Buffer.from(before).toString()) + 1))
      if ((await driver.replace('n', before, after, undefined)) === 'done') done += 1
    }
    expect(await counter.rest()).toHaveLength(100)
    expect(await textOf(driver, 'n')).toBe('200')
    expect(readdirSync(directory)).toEqual(['cgisess_n'])
  })

  test('AutoIncrement gives no number twice and leaves none out', async () => {
    const idFile = join(newFolder(), 'id')
    const generator = new AutoIncrement({ idFile }, silent)
    const counter = perl('flock-count.pl', idFile, '100')
    const ours: string[] = []
    for (let i = 0; i < 100; i++) {
      ours.push(await generator.generate())
      if (i % 5 === 0) await setTimeout(1)
    }
    const numbers = [...(await counter.rest()), ...ours].map(Number).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    expect(readFileSync(idFile, 'utf8')).toBe('200')
  })
})
