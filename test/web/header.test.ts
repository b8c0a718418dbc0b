import { describe, expect, test } from 'vitest'
import { InvalidOptionError, InvalidTimeError } from '../../src/index.ts'
import { formatHeader } from '../../src/web/header.ts'

const NOW = 1_700_000_000

describe('formatHeader', () => {
  test('is a type and an empty line when nothing is asked for', () => {
    expect(formatHeader({}, NOW)).toBe('Content-Type: text/html; charset=ISO-8859-1\r\n\r\n')
  })

  test('puts Status first, then cookies, Expires, Date, Content-Disposition, others, Content-Type', () => {
    const header = formatHeader(
      {
        'x-frame-options': 'DENY',
        type: 'text/plain',
        charset: 'utf-8',
        attachment: 'list.txt',
        expires: NOW + 3600,
        cookie: ['a=1; path=/', 'b=2; path=/'],
        status: '404 Not Found',
      },
      NOW,
    )
    expect(header.split('\r\n')).toEqual([
      'Status: 404 Not Found',
      'Set-Cookie: a=1; path=/',
      'Set-Cookie: b=2; path=/',
      'Expires: Tue, 14 Nov 2023 23:13:20 GMT',
      'Date: Tue, 14 Nov 2023 22:13:20 GMT',
      'Content-Disposition: attachment; filename="list.txt"',
      'X-frame-options: DENY',
      'Content-Type: text/plain; charset=utf-8',
      '',
      '',
    ])
  })

  test('knows a name in each of its spellings, and never sends a header twice', () => {
    for (const name of ['type', '-type', '-Content_Type', 'Content-Type', 'content-type']) {
      expect(formatHeader({ [name]: 'image/png' }, NOW)).toBe('Content-Type: image/png\r\n\r\n')
    }
    for (const name of ['cookie', '-cookie', '-cookies', 'Set-Cookie']) {
      expect(formatHeader({ cookie: 'replaced=1', [name]: 'a=1', type: '' }, NOW)).toBe(
        'Set-Cookie: a=1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n',
      )
    }
    expect(formatHeader({ type: '', '-cache_control': 'no-store' }, NOW)).toBe(
      'Cache-control: no-store\r\n\r\n',
    )
  })

  test.each([
    [{ type: 'text/plain' }, 'text/plain; charset=ISO-8859-1'],
    [{ type: 'text/plain', charset: '' }, 'text/plain'],
    [{ type: 'text/html; charset=utf-8' }, 'text/html; charset=utf-8'],
    [{ type: 'text/html; charset=utf-8', charset: 'latin1' }, 'text/html; charset=utf-8'],
    [{ type: 'application/json' }, 'application/json'],
    [{ type: 'application/xml', charset: 'utf-8' }, 'application/xml; charset=utf-8'],
    [{ type: undefined, charset: undefined }, 'text/html; charset=ISO-8859-1'],
  ])('%j is Content-Type %s', (options, value) => {
    expect(formatHeader(options, NOW)).toBe(`Content-Type: ${value}\r\n\r\n`)
  })

  test('leaves out what is undefined, null or empty', () => {
    expect(
      formatHeader(
        { type: '', status: '', cookie: ['', 'a=1'], 'x-a': null, 'x-b': undefined, attachment: '' },
        NOW,
      ),
    ).toBe('Set-Cookie: a=1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n')
    expect(formatHeader({ type: '', cookie: '' }, NOW)).toBe('\r\n\r\n')
  })

  test.each([
    [NOW + 60, '22:14:20'],
    [String(NOW + 60), '22:14:20'],
    ['+60s', '22:14:20'],
    ['-1h', '21:13:20'],
    ['now', '22:13:20'],
  ])('expires %j at %s', (expires, time) => {
    expect(formatHeader({ expires, type: '' }, NOW)).toBe(
      `Expires: Tue, 14 Nov 2023 ${time} GMT\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n`,
    )
  })

  test('refuses an expiry that is no time', () => {
    expect(() => formatHeader({ expires: 'tomorrow' }, NOW)).toThrow(InvalidTimeError)
    expect(() => formatHeader({ expires: Number.NaN }, NOW)).toThrow(InvalidOptionError)
  })

  test('escapes quotes in the file name', () => {
    expect(formatHeader({ attachment: 'a"b\\c.txt', type: '' }, NOW)).toBe(
      'Content-Disposition: attachment; filename="a\\"b\\\\c.txt"\r\n\r\n',
    )
  })

  test.each([
    [{ status: '200 OK\r\nSet-Cookie: evil=1' }],
    [{ type: 'text/html\n\n<script>' }],
    [{ charset: 'utf-8\r\nX: y' }],
    [{ cookie: 'a=1\r\nX: y' }],
    [{ cookie: ['a=1', 'b=2\nX: y'] }],
    [{ attachment: 'a\r\nX: y' }],
    [{ location: '/\r\n\r\nbody' }],
    [{ 'x-a': 'nul \0' }],
    [{ 'x\r\nset-cookie': 'a=1' }],
    [{ 'x: y': 'z' }],
    [{ '': 'z' }],
  ])('refuses %j', (options) => {
    expect(() => formatHeader(options, NOW)).toThrow(InvalidOptionError)
  })
})
