import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { InvalidOptionError, StorageError } from '../../src/errors.ts'

const START = 2_000_000_000
let now = START
let names = 0

/** An opened driver on a name of its own, unless one is given. */
function opened(options: PluginOptions = {}): Memory {
  names += 1
  const driver = new Memory({ memoryName: `memory test ${names}`, ...options }, () => now * 1000)
  driver.open()
  return driver
}

const image = (text: string) => new TextEncoder().encode(text)
const idsOf = (driver: Memory) => [...driver.ids()]

beforeEach(() => {
  now = START
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('stores of one name', () => {
  test('share their sessions, those of another name do not', () => {
    const one = opened({ memoryName: 'shared' })
    const two = opened({ memoryName: 'shared' })
    const other = opened({ memoryName: 'other' })
    one.store('a', image('1'), undefined)
    expect(two.retrieve('a')?.image).toEqual(Buffer.from('1'))
    expect(other.retrieve('a')).toBeUndefined()
  })

  test('find what a store before them has left', () => {
    const before = opened({ memoryName: 'left' })
    before.store('a', image('1'), 60)
    before.close()
    const after = opened({ memoryName: 'left' })
    expect(after.retrieve('a')).toEqual({ image: Buffer.from('1'), expires: START + 60 })
  })

  test('have the name default when none is given', () => {
    const one = new Memory({}, () => now * 1000)
    one.open()
    one.store('a', image('1'), 60)
    expect(opened({ memoryName: 'default' }).remove('a')).toBe(true)
    one.close()
  })
})

describe('what has expired', () => {
  test('is still there for who asks, until it is swept', () => {
    const driver = opened()
    driver.store('a', image('1'), 60)
    now += 61
    expect(driver.retrieve('a')).toEqual({ image: Buffer.from('1'), expires: START + 60 })
  })

  test('goes by itself within a minute', () => {
    const driver = opened()
    driver.store('short', image('1'), 60)
    driver.store('long', image('2'), 3600)
    driver.store('forever', image('3'), undefined)
    vi.advanceTimersByTime(60_000)
    now += 60
    expect(idsOf(driver)).toEqual(['short', 'long', 'forever'])
    now += 60
    vi.advanceTimersByTime(60_000)
    expect(idsOf(driver)).toEqual(['long', 'forever'])
    now += 3600
    vi.advanceTimersByTime(60_000)
    expect(idsOf(driver)).toEqual(['forever'])
  })

  test('goes by the expiry that touch has moved', () => {
    const driver = opened()
    driver.store('a', image('1'), 60)
    driver.touch('a', 600)
    driver.store('b', image('2'), 600)
    driver.touch('b', 60)
    now += 120
    vi.advanceTimersByTime(60_000)
    expect(idsOf(driver)).toEqual(['a'])
  })

  test('has a timer while something can expire, and no longer', () => {
    const driver = opened()
    driver.store('forever', image('1'), undefined)
    expect(vi.getTimerCount()).toBe(0)
    driver.store('a', image('1'), 60)
    driver.store('b', image('1'), 60)
    expect(vi.getTimerCount()).toBe(1)
    now += 120
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
    driver.store('c', image('1'), 3600)
    expect(vi.getTimerCount()).toBe(1)
    driver.remove('c')
    driver.remove('forever')
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('maxSessions', () => {
  test('drops what was not used for longest', () => {
    const driver = opened({ maxSessions: 3 })
    for (const id of ['a', 'b', 'c']) driver.store(id, image(id), undefined)
    driver.retrieve('a')
    driver.store('d', image('d'), undefined)
    expect(idsOf(driver)).toEqual(['a', 'c', 'd'])
    driver.touch('c', undefined)
    driver.store('a', image('A'), undefined)
    driver.create('e', image('e'), undefined)
    expect(idsOf(driver)).toEqual(['a', 'c', 'e'])
    expect(driver.retrieve('b')).toBeUndefined()
  })

  test('drops what has expired first', () => {
    const driver = opened({ maxSessions: 3 })
    driver.store('old', image('1'), undefined)
    driver.store('expired', image('2'), 60)
    driver.store('new', image('3'), 600)
    now += 61
    driver.retrieve('expired')
    driver.store('newest', image('4'), 600)
    expect(idsOf(driver)).toEqual(['old', 'new', 'newest'])
  })

  test('of one keeps the last', () => {
    const driver = opened({ maxSessions: 1 })
    for (const id of ['a', 'b', 'c']) driver.store(id, image(id), 60)
    expect(idsOf(driver)).toEqual(['c'])
  })

  test('does not count what is written again', () => {
    const driver = opened({ maxSessions: 2 })
    driver.store('a', image('1'), 60)
    driver.store('b', image('2'), 60)
    for (let round = 0; round < 10; round += 1) driver.store('b', image(String(round)), 60)
    expect(idsOf(driver)).toEqual(['a', 'b'])
  })
})

describe('maxBytes', () => {
  test('drops as many as it takes', () => {
    const driver = opened({ maxBytes: 100 })
    for (const id of ['a', 'b', 'c']) driver.store(id, new Uint8Array(30), undefined)
    driver.store('d', new Uint8Array(50), undefined)
    expect(idsOf(driver)).toEqual(['c', 'd'])
  })

  test('counts what a record is replaced by', () => {
    const driver = opened({ maxBytes: 100 })
    driver.store('a', new Uint8Array(40), undefined)
    driver.store('b', new Uint8Array(40), undefined)
    driver.replace('b', new Uint8Array(40), new Uint8Array(10), undefined)
    driver.store('c', new Uint8Array(50), undefined)
    expect(idsOf(driver)).toEqual(['a', 'b', 'c'])
    driver.replace('c', new Uint8Array(50), new Uint8Array(51), undefined)
    expect(idsOf(driver)).toEqual(['b', 'c'])
  })

  test('gives back what is removed', () => {
    const driver = opened({ maxBytes: 100 })
    for (let round = 0; round < 20; round += 1) {
      driver.store('a', new Uint8Array(60), round % 2 === 0 ? undefined : -1)
      if (round % 3 === 0) driver.remove('a')
      if (round % 3 === 1) driver.purge(now)
      if (round % 3 === 2) driver.removeIf('a', new Uint8Array(60))
    }
    driver.store('a', new Uint8Array(50), undefined)
    driver.store('b', new Uint8Array(50), undefined)
    expect(idsOf(driver)).toEqual(['a', 'b'])
  })

  test('refuses an image that is larger, and changes nothing', () => {
    const driver = opened({ maxBytes: 100 })
    driver.store('a', image('1'), undefined)
    expect(() => driver.store('a', new Uint8Array(101), undefined)).toThrow(StorageError)
    expect(() => driver.create('b', new Uint8Array(101), undefined)).toThrow(StorageError)
    expect(() => driver.replace('a', image('1'), new Uint8Array(101), undefined)).toThrow(StorageError)
    expect(idsOf(driver)).toEqual(['a'])
    expect(driver.retrieve('a')?.image).toEqual(Buffer.from('1'))
    driver.store('a', new Uint8Array(100), undefined)
  })
})

test('every verb answers at once, without a promise', () => {
  const driver = opened()
  expect(driver.store('a', image('1'), 60)).toBeUndefined()
  expect(driver.create('a', image('2'), 60)).toBe(false)
  expect(driver.replace('a', image('1'), image('2'), 60)).toBe('done')
  expect(driver.touch('a', 60)).toBe(true)
  expect(driver.removeIf('a', image('1'))).toBe('changed')
  expect(driver.remove('a')).toBe(true)
  expect(driver.purge(now)).toBe(0)
  expect(driver.close()).toBeUndefined()
})

test.each([
  { memoryName: 1 },
  { maxSessions: 0 },
  { maxSessions: -1 },
  { maxSessions: 1.5 },
  { maxSessions: '100' },
  { maxBytes: NaN },
  { maxBytes: null },
])('options that cannot be meant are refused: %o', (options) => {
  expect(() => new Memory(options, Date.now)).toThrow(InvalidOptionError)
})
