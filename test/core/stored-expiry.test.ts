import { expect, test } from 'vitest'
import { expiryIn, storedExpiry } from '../../src/stored-expiry.ts'

const clock = () => 1_700_000_000_999

test('a lifetime ends so many whole seconds from now', () => {
  expect(storedExpiry(clock, 60)).toBe(1_700_000_060)
})

test('a lifetime of 0 or less has ended already', () => {
  expect(storedExpiry(clock, 0)).toBe(1_699_999_999)
  expect(storedExpiry(clock, -60)).toBe(1_699_999_940)
})

test('a lifetime has an end that every storage can keep', () => {
  expect(storedExpiry(clock, 1e20)).toBe(Number.MAX_SAFE_INTEGER)
})

test('never is a time of its own, and no time to whoever reads it', () => {
  expect(storedExpiry(clock, undefined)).toBe(Number.MAX_SAFE_INTEGER)
  expect(expiryIn(storedExpiry(clock, undefined))).toBeUndefined()
  expect(expiryIn(null)).toBeUndefined()
  expect(expiryIn(1_700_000_060)).toBe(1_700_000_060)
})
