import { expect, test } from 'vitest'
import { expiryTime } from '../../src/sql/expiry.ts'

const clock = () => 1_700_000_000_999

test('a lifetime ends so many whole seconds from now', () => {
  expect(expiryTime(clock, 60)).toBe(1_700_000_060)
  expect(expiryTime(clock, undefined)).toBeNull()
})

test('a lifetime of 0 or less has ended already', () => {
  expect(expiryTime(clock, 0)).toBe(1_699_999_999)
  expect(expiryTime(clock, -60)).toBe(1_699_999_940)
})

test('a lifetime has an end that every database can keep', () => {
  expect(expiryTime(clock, 1e20)).toBe(Number.MAX_SAFE_INTEGER)
})
