import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../src/duration.ts'
import { InvalidTimeError } from '../../src/errors.ts'

describe('parseDuration', () => {
  test.each([
    ['90', 90],
    [90, 90],
    ['90s', 90],
    ['15m', 900],
    ['2h', 7200],
    ['1d', 86_400],
    ['1w', 604_800],
    ['1M', 2_592_000],
    ['1y', 31_536_000],
    ['+5m', 300],
    ['-5m', -300],
    [-7, -7],
    ['0', 0],
    ['-0', 0],
    ['', 0],
    [null, 0],
    [undefined, 0],
    [false, 0],
  ] as const)('reads %j as %i seconds', (time, seconds) => {
    expect(parseDuration(time)).toBe(seconds)
  })

  test.each([
    '1.5h',
    '1.5',
    1.5,
    '1e3',
    ' 10m',
    '10m ',
    '10 m',
    '10m\n',
    '--1',
    '1h30m',
    '10min',
    '1H',
    '1D',
    '1W',
    '1S',
    '1Y',
    'm',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '99999999999999999999',
  ])('refuses %j', (time) => {
    expect(() => parseDuration(time)).toThrow(InvalidTimeError)
    expect(() => parseDuration(time)).toThrow("Can't parse time: ")
  })

  test('every other text is either a safe integer or an error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          return Number.isSafeInteger(parseDuration(text))
        } catch (error) {
          return error instanceof InvalidTimeError
        }
      }),
    )
  })
})
