import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { InvalidOptionError } from '../../../src/index.ts'
import { newSessions } from './sessions.ts'

afterEach(() => vi.unstubAllEnvs())

async function newSession() {
  const { sessions } = await newSessions()
  const s = await sessions.new()
  return { s, id: s._ID }
}

/** The request that a server gets, its host being that of the URL. */
async function requestFor(path: string, host: string): Promise<IncomingMessage> {
  const server: Server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  return new Promise((resolve) => {
    server.once('request', (request, response) => {
      resolve(request)
      response.end()
      socket.destroy()
    })
  })
}

describe('rewrite', () => {
  test.each([
    ['https://shop.example/cart', 'https://shop.example/cart/ID'],
    ['https://shop.example/cart/', 'https://shop.example/cart/ID'],
    ['https://shop.example', 'https://shop.example/ID'],
    ['http://shop.example:8080/a b/?q=1&r=/#top', 'http://shop.example:8080/a%20b/ID?q=1&r=/#top'],
    ['https://shop.example/cart/ID', 'https://shop.example/cart/ID'],
    ['https://shop.example/cart/ID/?x', 'https://shop.example/cart/ID?x'],
    ['https://shop.example/cart/0123456789abcdef', 'https://shop.example/cart/ID'],
    ['https://shop.example/item/0123456789', 'https://shop.example/item/0123456789/ID'],
    [
      'https://shop.example/item/0123456789abcdef0123456789abcdef',
      'https://shop.example/item/0123456789abcdef0123456789abcdef/ID',
    ],
    ['https://shop.example//', 'https://shop.example/ID'],
  ])('%s → %s', async (url, expected) => {
    const { s, id } = await newSession()
    const [from, to] = [url.replace('ID', id), expected.replace('ID', id)]
    expect(s.rewrite(from)).toBe(to)
    expect(s.rewrite(new URL(from))).toBe(to)
    expect(s.rewrite(s.rewrite(from))).toBe(to)
    expect(s.rewrite(new Request(from))).toBe(to)
  })

  test.each([
    ['/cart?x=1', 'shop.example', 'http://shop.example/cart/ID?x=1'],
    ['/cart', 'shop.example:81', 'http://shop.example:81/cart/ID'],
    ['//elsewhere.example/x', 'shop.example', 'http://shop.example//elsewhere.example/x/ID'],
    ['http://shop.example/through/a/proxy', 'shop.example', 'http://shop.example/through/a/proxy/ID'],
  ])('of a request for %s', async (path, host, expected) => {
    const { s, id } = await newSession()
    expect(s.rewrite(await requestFor(path, host))).toBe(expected.replace('ID', id))
  })

  test('of a request that Express has given to a router', async () => {
    const { s, id } = await newSession()
    const request = Object.assign(await requestFor('/item', 'shop.example'), { originalUrl: '/shop/item' })
    expect(s.rewrite(request)).toBe(`http://shop.example/shop/item/${id}`)
  })

  test('of a CGI script is the script, without the path info that it has now', async () => {
    const { s, id } = await newSession()
    vi.stubEnv('SERVER_NAME', 'shop.example')
    vi.stubEnv('SERVER_PORT', '443')
    vi.stubEnv('HTTPS', 'on')
    vi.stubEnv('SCRIPT_NAME', '/cgi-bin/shop')
    vi.stubEnv('PATH_INFO', '/0123456789abcdef')
    expect(s.rewrite()).toBe(`https://shop.example/cgi-bin/shop/${id}`)
  })

  test.each(['/cart', 'cart', '', 'mailto:a@b.example', 'javascript:alert(1)', 'http://'])(
    '%j is no URL that it could be put into',
    async (url) => {
      const { s } = await newSession()
      expect(() => s.rewrite(url)).toThrow(InvalidOptionError)
    },
  )

  test('without anything to go by it says so', async () => {
    const { s } = await newSession()
    expect(() => s.rewrite()).toThrow('CGI environment')
  })

  test('a host that is none is refused', async () => {
    const { s } = await newSession()
    const request = await requestFor('/', 'a b<script>')
    expect(() => s.rewrite(request)).toThrow(InvalidOptionError)
  })
})
