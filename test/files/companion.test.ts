import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { companionOf, decode, isTorn, writeCompanion } from '../../src/files/companion.ts'
import { newFolder } from './folder.ts'
import { all, image, newFileDriver, NOW, textOf } from './new-file-driver.ts'

/** What is in a file when its writer has written so many bytes of `after` over `before`, or all but the cut. */
function halfWritten(before: Buffer, after: Buffer, written: number): Buffer {
  return Buffer.concat([after.subarray(0, written), before.subarray(written)])
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
// Few letters, so that the images have much in common by chance.
const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }).map((text) => Buffer.from(text))

describe('a torn image', () => {
  test('is recognized however far its writer got', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, letters), fc.oneof(bytes, letters), fc.nat(40), (before, after, far) => {
        const current = halfWritten(before, after, Math.min(far, after.length))
        const isOneOfThem = current.equals(before) || current.equals(after)
        expect(isTorn(current, { before, after })).toBe(!isOneOfThem)
      }),
    )
  })

  test('is not what somebody else has written since', () => {
    const before = Buffer.from('the image before')
    const after = Buffer.from('and the one after it')
    for (const current of ['', 'and', 'by Perl', 'the image before Perl', 'and the one after it, by Perl']) {
      expect(isTorn(Buffer.from(current), { before, after })).toBe(false)
    }
  })
})

describe('a companion', () => {
  test('comes back whole, or not at all', () => {
    const folder = newFolder()
    const path = join(folder, 'cgisess_ñ')
    const companion = companionOf(path)
    fc.assert(
      fc.property(
        bytes,
        bytes,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (before, after, place, change) => {
          writeCompanion(path, before, after, 0o600)
          const written = readFileSync(companion)
          expect(decode(written)).toEqual({ name: 'cgisess_ñ', before, after })
          const cut = written.subarray(0, place % written.length)
          expect(decode(cut)).toBeUndefined()
          const changed = Buffer.from(written)
          changed[place % written.length]! ^= change
          expect(decode(changed)).toBeUndefined()
        },
      ),
    )
    expect(decode(Buffer.alloc(0))).toBeUndefined()
    expect(readdirSync(folder)).toHaveLength(1)
  })
})

describe('a driver that finds the record of a dead writer', () => {
  const before = Buffer.from('the image before, which is longer')
  const after = Buffer.from('and the one after it')

  function died(current: Buffer, companion: 'whole' | 'cut' = 'whole') {
    const directory = newFolder()
    const path = join(directory, 'cgisess_id')
    writeFileSync(path, current)
    writeCompanion(path, before, after, 0o600)
    if (companion === 'cut') writeFileSync(companionOf(path), readFileSync(companionOf(path)).subarray(0, 50))
    return { directory, path, driver: newFileDriver({ directory, shared: true }) }
  }

  test('completes what was half written', async () => {
    for (let written = 1; written <= after.length; written++) {
      const { directory, path, driver } = died(halfWritten(before, after, written))
      expect(await textOf(driver, 'id')).toBe(after.toString())
      expect(readFileSync(path)).toEqual(after)
      expect(readdirSync(directory)).toEqual(['cgisess_id'])
    }
  })

  test.each([
    ['the writer had not begun', before, 'whole'],
    ['the writer was through', after, 'whole'],
    ['Perl has written since', Buffer.from('by Perl'), 'whole'],
    ['Perl has just emptied it', Buffer.alloc(0), 'whole'],
    ['the companion itself is not whole', halfWritten(before, after, 0), 'cut'],
  ] as const)('leaves it as it is when %s', async (_, current, companion) => {
    const { directory, driver } = died(current, companion)
    expect(await textOf(driver, 'id')).toBe(current.toString())
    expect(readdirSync(directory)).toEqual(['cgisess_id'])
  })

  const torn = halfWritten(before, after, 5)

  test('compares with the completed record', async () => {
    const { driver } = died(torn)
    expect(await driver.replace('id', after, image('next'), undefined)).toBe('done')
    expect(await textOf(driver, 'id')).toBe('next')
    expect(await died(torn).driver.replace('id', before, image('next'), undefined)).toBe('changed')
    expect(await died(torn).driver.removeIf('id', after)).toBe('done')
  })

  test('can overwrite and remove it', async () => {
    const stored = died(torn)
    await stored.driver.store('id', image('next'), undefined)
    expect(await textOf(stored.driver, 'id')).toBe('next')
    const removed = died(torn)
    expect(await removed.driver.create('id', image('next'), undefined)).toBe(false)
    expect(await removed.driver.remove('id')).toBe(true)
    expect(readdirSync(removed.directory)).toEqual([])
  })

  test('does not take over the companion of an earlier record', async () => {
    const { path, driver } = died(torn)
    rmSync(path)
    expect(await driver.retrieve('id')).toBeUndefined()
    expect(await driver.create('id', image('new'), undefined)).toBe(true)
    expect(await textOf(driver, 'id')).toBe('new')
    expect(existsSync(companionOf(path))).toBe(false)
  })

  test('completes it in passing too, an hour later', async () => {
    const whole = died(torn)
    const cut = died(before, 'cut')
    const orphan = died(before)
    rmSync(orphan.path)
    await all(whole.driver.ids({ expiredBefore: NOW }))
    expect(readFileSync(whole.path)).toEqual(torn)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 })
    try {
      for (const { driver } of [whole, cut, orphan]) await all(driver.ids({ expiredBefore: NOW }))
    } finally {
      vi.useRealTimers()
    }
    expect(readFileSync(whole.path)).toEqual(after)
    expect(readFileSync(cut.path)).toEqual(before)
    for (const { directory } of [whole, cut]) expect(readdirSync(directory)).toEqual(['cgisess_id'])
    expect(readdirSync(orphan.directory)).toEqual([])
  })
})
