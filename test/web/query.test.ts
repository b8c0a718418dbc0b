import * as fc from 'fast-check'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Query, type QueryLike } from '../../src/index.ts'
import { asQuery } from '../../src/web/query.ts'

function incoming(url: string, cookie?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.url = url
  if (cookie !== undefined) request.headers = { cookie }
  return request
}

describe('Query', () => {
  test('has the fields of a form, several values as an array', () => {
    const query = new Query('a=1&b=x+y;c=%C3%A9&a=2&flag&a=3&empty=&&;')
    expect(query.param()).toEqual(['a', 'b', 'c', 'flag', 'empty'])
    expect(query.param('a')).toEqual(['1', '2', '3'])
    expect([query.param('b'), query.param('c'), query.param('flag'), query.param('empty')]).toEqual([
      'x y',
      'é',
      '',
      '',
    ])
    expect(query.param('none')).toBeUndefined()
  })

  test('takes URLSearchParams, and sets fields', () => {
    const query = new Query(
      new URLSearchParams([
        ['a', '1'],
        ['a', '2'],
      ]),
    )
    expect(query.param('a')).toEqual(['1', '2'])
    expect(query.param('a', 'other')).toBe('other')
    expect(query.param('a')).toBe('other')
  })

  test('takes __proto__ for a field like any other', () => {
    const query = new Query('__proto__=1&constructor=2')
    expect([query.param('__proto__'), query.param('constructor'), query.param('toString')]).toEqual([
      '1',
      '2',
      undefined,
    ])
  })

  test('reads and writes cookies', () => {
    const query = new Query('', 'sid=abc; other=1')
    expect([query.cookie('sid'), query.cookie('none')]).toEqual(['abc', undefined])
    expect(query.cookie({ name: 'sid', value: 'x' })).toBe('sid=x; path=/')
  })

  test('makes a header', () => {
    const type = 'Content-Type: text/html; charset=ISO-8859-1\r\n\r\n'
    expect(new Query().header()).toBe(type)
    expect(new Query().header({ cookie: 'a=1' }, 1_700_000_000)).toBe(
      `Set-Cookie: a=1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n${type}`,
    )
  })

  test('reads back every form that URLSearchParams writes', () => {
    const text = fc.string({ unit: 'binary' }).map((given) => given.toWellFormed())
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (fields) => {
        const query = new Query(new URLSearchParams(fields).toString())
        expect(query.param()).toEqual(fields.map(([name]) => name))
        for (const [name, value] of fields) expect(query.param(name)).toBe(value)
      }),
    )
  })
})

describe('Query.fromEnvironment', () => {
  test('reads QUERY_STRING and HTTP_COOKIE', () => {
    const query = Query.fromEnvironment({ QUERY_STRING: 'a=1', HTTP_COOKIE: 'sid=abc' })
    expect([query.param('a'), query.cookie('sid')]).toEqual(['1', 'abc'])
    expect(Query.fromEnvironment({ COOKIE: 'sid=old' }).cookie('sid')).toBe('old')
  })

  test('of no CGI environment has nothing', () => {
    const query = Query.fromEnvironment({})
    expect([query.param(), query.cookie('sid')]).toEqual([[], undefined])
  })

  test('does not touch the standard input for what is no posted form', () => {
    const base = { CONTENT_LENGTH: '10', QUERY_STRING: 'a=1' }
    expect(Query.fromEnvironment({ ...base, REQUEST_METHOD: 'GET' }).param()).toEqual(['a'])
    expect(
      Query.fromEnvironment({ ...base, REQUEST_METHOD: 'POST', CONTENT_TYPE: 'multipart/form-data' }).param(),
    ).toEqual(['a'])
  })
})

describe('asQuery', () => {
  test('reads a Node request', () => {
    const query = asQuery(incoming('/shop?a=1&b=2#part', 'sid=abc'))
    expect([query.param(), query.param('b'), query.cookie?.('sid')]).toEqual([['a', 'b'], '2', 'abc'])
    expect(asQuery(incoming('/')).cookie?.('sid')).toBeUndefined()
  })

  test('reads a Fetch request', () => {
    const headers = { cookie: 'sid=abc' }
    const query = asQuery(new Request('http://localhost/shop?a=1&b=%C3%A9', { headers }))
    expect([query.param(), query.param('b'), query.cookie?.('sid')]).toEqual([['a', 'b'], 'é', 'abc'])
    expect(asQuery(new Request('http://localhost/')).cookie?.('sid')).toBeUndefined()
  })

  test('reads the cookies of a Node request that has a param method, as those of Express 4 have', () => {
    const request = Object.assign(incoming('/?a=1', 'sid=abc'), { param: () => 'of the path' })
    const query = asQuery(request)
    expect([query.param('a'), query.cookie?.('sid')]).toEqual(['1', 'abc'])
  })

  test('takes an object with param as it is, with cookie or without', () => {
    const plain = { param: () => 'x' }
    expect(asQuery(plain)).toBe(plain)
    const full = { param: () => 'x', cookie: () => 'y', headers: {} }
    expect(asQuery(full)).toBe(full)
  })

  test('gives an object with cookies only no fields', () => {
    const jar = { sid: 'abc', cookie: (name: string) => (name === 'sid' ? jar.sid : undefined) }
    const query = asQuery(jar as unknown as QueryLike)
    expect([query.param(), query.param('a'), query.cookie?.('sid')]).toEqual([[], undefined, 'abc'])
  })
})
