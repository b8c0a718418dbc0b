import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/index.ts'
import {
  escapeUrl,
  findCookie,
  formatCookie,
  formatDate,
  parseCookies,
  unescapeUrl,
} from '../../src/web/cookie.ts'

describe('formatCookie', () => {
  test('has path / and nothing else by default', () => {
    expect(formatCookie({ name: 'CGISESSID', value: 'abc123' })).toBe('CGISESSID=abc123; path=/')
    expect(formatCookie({ name: 'CGISESSID', value: 'abc123', path: '' })).toBe('CGISESSID=abc123; path=/')
  })

  test("writes the date with dashes, and the attributes in CGI.pm's order", () => {
    const cookie = { name: 'CGISESSID', value: 'abc123', expires: 1_700_003_600 }
    expect(formatCookie(cookie)).toBe('CGISESSID=abc123; path=/; expires=Tue, 14-Nov-2023 23:13:20 GMT')
    expect(
      formatCookie({
        ...cookie,
        sameSite: 'Lax',
        httpOnly: true,
        secure: true,
        path: '/shop',
        domain: 'WWW.example.org',
      }),
    ).toBe(
      'CGISESSID=abc123; domain=www.example.org; path=/shop; expires=Tue, 14-Nov-2023 23:13:20 GMT; ' +
        'secure; HttpOnly; SameSite=Lax',
    )
  })

  test('leaves out the attributes that are false', () => {
    expect(formatCookie({ name: 'n', value: 'v', secure: false, httpOnly: false, domain: '' })).toBe(
      'n=v; path=/',
    )
  })

  test('escapes name and value', () => {
    expect(formatCookie({ name: 'my id', value: 'a b;c' })).toBe('my%20id=a%20b%3Bc; path=/')
    expect(formatCookie({ name: 'n', value: 'é' })).toBe('n=%C3%A9; path=/')
    expect(formatCookie({ name: 'n', value: "a_b.c~d-e!'()*" })).toBe('n=a_b.c~d-e%21%27%28%29%2A; path=/')
    expect(formatCookie({ name: 'n', value: '\r\nSet-Cookie: evil=1' })).not.toMatch(/[\r\n]/)
    expect(formatCookie({ name: 'n', value: 'lone \ud800' })).toBe('n=lone%20%EF%BF%BD; path=/')
  })

  test.each([
    ['path', '/\r\nSet-Cookie: evil=1'],
    ['path', '/; domain=evil.example'],
    ['domain', 'a.example\n'],
    ['domain', 'a.example;secure'],
    ['sameSite', 'Lax\u0000'],
    ['path', '/\u007f'],
  ])('refuses %s %j', (attribute, value) => {
    expect(() => formatCookie({ name: 'n', value: 'v', [attribute]: value })).toThrow(InvalidOptionError)
    expect(() => formatCookie({ name: 'n', value: 'v', [attribute]: value })).toThrow(`cookie's ${attribute}`)
  })

  test('refuses a cookie without a name and a time that is none', () => {
    expect(() => formatCookie({ name: '', value: 'v' })).toThrow('needs a name')
    for (const expires of [Number.NaN, '+1h' as unknown as number]) {
      expect(() => formatCookie({ name: 'n', value: 'v', expires })).toThrow('seconds since 1970')
    }
  })
})

describe('formatDate', () => {
  test.each([
    [1_700_000_000, 'Tue, 14 Nov 2023 22:13:20 GMT', 'Tue, 14-Nov-2023 22:13:20 GMT'],
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01-Jan-1970 00:00:00 GMT'],
    [-5, 'Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01-Jan-1970 00:00:00 GMT'],
    [951_782_400, 'Tue, 29 Feb 2000 00:00:00 GMT', 'Tue, 29-Feb-2000 00:00:00 GMT'],
    [1e20, 'Fri, 31 Dec 9999 23:59:59 GMT', 'Fri, 31-Dec-9999 23:59:59 GMT'],
    [Infinity, 'Fri, 31 Dec 9999 23:59:59 GMT', 'Fri, 31-Dec-9999 23:59:59 GMT'],
  ])('%d is %s', (seconds, http, netscape) => {
    expect(formatDate(seconds, ' ')).toBe(http)
    expect(formatDate(seconds, '-')).toBe(netscape)
  })
})

describe('parseCookies', () => {
  test('reads names and values, the first of two with one name', () => {
    const cookies = parseCookies('a=1; b = two ;c=x=y;a=2; empty=; nothing; =noname')
    expect([...cookies]).toEqual([
      ['a', '1'],
      ['b', 'two'],
      ['c', 'x=y'],
      ['empty', ''],
      ['', 'noname'],
    ])
  })

  test('takes away quotes and escapes', () => {
    const cookies = parseCookies('q="a b"; half="a; one="; e=caf%C3%A9; l=caf%E9; broken=%zz%4; plus=a+b')
    expect(Object.fromEntries(cookies)).toEqual({
      q: 'a b',
      half: '"a',
      one: '"',
      e: 'café',
      l: 'café',
      broken: '%zz%4',
      plus: 'a+b',
    })
  })

  test('does not split at a comma: what others put into their cookies makes no cookie of ours', () => {
    const cookies = parseCookies('prefs=dark,CGISESSID=evil; CGISESSID=real')
    expect(cookies.get('CGISESSID')).toBe('real')
  })

  test('of no header has none', () => {
    expect(parseCookies(undefined).size).toBe(0)
    expect(parseCookies('').size).toBe(0)
  })

  test('never throws, whatever a client sends', () => {
    const piece = fc.constantFrom(
      '%',
      '%0',
      '%00',
      '%E9',
      '%C3%A9',
      '"',
      '=',
      ';',
      ',',
      ' ',
      '\0',
      'a',
      '\ud800',
    )
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(hostile, (header) => {
        parseCookies(header)
      }),
    )
  })

  test('reads back what formatCookie wrote, whatever is in it', () => {
    const text = fc.string({ unit: 'binary' }).map((given) => given.toWellFormed())
    fc.assert(
      fc.property(
        text.filter((name) => name !== ''),
        text,
        (name, value) => {
          const [pair = ''] = formatCookie({ name, value }).split('; ')
          expect(findCookie(parseCookies(`other=1; ${pair}; ${pair}x`), name)).toBe(value)
        },
      ),
    )
  })

  test('takes time that grows with the length, not with its square', () => {
    for (const header of [
      'a='.repeat(500_000),
      '"'.repeat(1_000_000),
      '%'.repeat(1_000_000),
      ' '.repeat(1_000_000),
    ]) {
      expect(parseCookies(header).size).toBeLessThan(2)
    }
  })
})

describe('findCookie', () => {
  test('finds a name as it is and as formatCookie escapes it', () => {
    const cookies = parseCookies('my%20id=1; odd!name=2')
    expect([findCookie(cookies, 'my id'), findCookie(cookies, 'odd!name'), findCookie(cookies, 'x')]).toEqual(
      ['1', '2', undefined],
    )
  })

  test('does not take an escaped name for a protected one', () => {
    expect(findCookie(parseCookies('%5F_Host-sid=evil; __Host-sid=real'), '__Host-sid')).toBe('real')
    expect(findCookie(parseCookies('%5F_Host-sid=evil'), '__Host-sid')).toBeUndefined()
  })
})

describe('escapes', () => {
  test('round trip for every text, and leave only unreserved characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const text = given.toWellFormed()
        expect(escapeUrl(text)).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})*$/)
        expect(unescapeUrl(escapeUrl(text))).toBe(text)
      }),
    )
  })

  test('each run is read on its own: one that is no UTF-8 leaves the others as they are', () => {
    expect(unescapeUrl('%C3%A9 and %E9 and 100% and %u263a')).toBe('é and é and 100% and %u263a')
    expect(unescapeUrl('%ED%A0%80')).toBe('\u00ed\u00a0\u0080')
  })
})
