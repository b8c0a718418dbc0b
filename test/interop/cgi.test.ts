import * as fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Query } from '../../src/index.ts'
import { type Cookie, findCookie, formatCookie, parseCookies } from '../../src/web/cookie.ts'
import { formatHeader, type HeaderOptions } from '../../src/web/header.ts'

const NOW = 1_700_000_000
const SEED = 42

const hasCgi = spawnSync('perl', ['-MCGI', '-MJSON::PP', '-e', '1']).status === 0

/** What the real CGI.pm answers, at the time `NOW`. */
function askPerl(questions: readonly (readonly [what: string, argument: unknown])[]): unknown[] {
  const script = fileURLToPath(new URL('cgi-pm.pl', import.meta.url))
  const { stdout, stderr, status } = spawnSync('perl', [script], { input: JSON.stringify(questions) })
  if (status !== 0) throw new Error(`perl failed: ${String(stderr)}`)
  return JSON.parse(String(stdout)) as unknown[]
}

test('CGI.pm is here when everything is required', () => {
  expect(hasCgi || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

describe.skipIf(!hasCgi)('as CGI.pm does it', () => {
  // Not empty: without a value CGI.pm reads the next attribute as one.
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .map((given) => given.toWellFormed())
    .filter((given) => given !== '0')

  test('formatCookie', () => {
    const base = { name: 'CGISESSID', value: 'abc123' }
    const cookies: Cookie[] = [
      base,
      { ...base, expires: NOW + 3600 },
      { ...base, expires: NOW - 86_400 },
      { ...base, expires: 4_102_444_800 },
      { ...base, domain: 'Shop.Example.ORG', path: '/shop', secure: true, httpOnly: true, sameSite: 'Lax' },
      { ...base, sameSite: 'Strict' },
      { ...base, sameSite: 'None', secure: true },
      { ...base, path: '' },
      { name: 'my id', value: 'a b;c,d=e&f+g%h"i\'j(k)l*m!n~o.p_q-r/s\\t' },
      { name: 'é', value: '日本 😀 \0\r\n' },
      { ...base, value: '' },
      ...fc.sample(fc.record({ name: text, value: text }), { seed: SEED, numRuns: 100 }),
    ]
    const theirs = askPerl(
      cookies.map(({ httpOnly, ...cookie }) => ['cookie', { ...cookie, httponly: httpOnly }]),
    )
    expect(cookies.map(formatCookie)).toEqual(theirs)
  })

  test('formatHeader', () => {
    const headers: HeaderOptions[] = [
      {},
      { '-type': 'text/plain' },
      { '-type': '' },
      { '-content_type': 'text/html; charset=utf-8' },
      { '-type': 'text/html', '-charset': 'utf-8' },
      { '-type': 'application/json', '-charset': 'utf-8' },
      { '-type': 'text/css', '-charset': '' },
      { '-cookie': 'CGISESSID=abc123; path=/' },
      { '-cookie': ['a=1; path=/', 'b=2; path=/'], '-status': '404 Not Found' },
      { '-cookie': '' },
      { '-cookies': 'a=1' },
      { '-expires': '+1h' },
      { '-expires': '-1d', '-cookie': 'a=1' },
      { '-expires': 'now' },
      { '-expires': NOW + 60 },
      { '-attachment': 'report.pdf', '-type': 'application/pdf', '-charset': '' },
      { '-Cache_Control': 'no-store', '-status': '200 OK' },
      { '-x_frame_options': 'DENY' },
    ]
    const theirs = askPerl(headers.map((options) => ['header', Object.entries(options).flat()]))
    expect(headers.map((options) => formatHeader(options, NOW))).toEqual(theirs)
  })

  test('cookies that we write it reads, and those that it writes we read', () => {
    const pairs = fc.sample(fc.record({ name: text, value: text }), { seed: SEED + 1, numRuns: 100 })
    const theirCookies = askPerl(pairs.map((pair) => ['cookie', pair])) as string[]
    const theirReading = askPerl(pairs.map((pair) => ['cookies', formatCookie(pair).split('; ')[0]]))
    for (const [index, { name, value }] of pairs.entries()) {
      expect(theirReading[index]).toEqual({ [name]: value })
      expect(findCookie(parseCookies(theirCookies[index]), name)).toBe(value)
    }
  })

  test('forms', () => {
    const fields = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 })
    const forms = [
      'a=1&b=2',
      'a=1;b=2&a=3',
      'a=x+y%20z&b=%C3%A9',
      'a=&b=2',
      'a=1&&b=2&',
      ...fc
        .sample(fields, { seed: SEED + 2, numRuns: 100 })
        .map((pairs) => new URLSearchParams(pairs).toString()),
    ]
    const ours = forms.map((form) => {
      const query = new Query(form)
      return Object.fromEntries(query.param().map((name) => [name, [query.param(name)].flat()]))
    })
    expect(ours).toEqual(askPerl(forms.map((form) => ['form', form])))
  })
})
