import { readSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type Cookie, findCookie, formatCookie, parseCookies, unescapeUrl } from './cookie.ts'
import { formatHeader, type HeaderOptions } from './header.ts'

/**
 * What a session needs of a query object: `param()` names the form's fields, `param(name)` reads one, several values
 * as an array, `param(name, value)` sets one. `cookie(name)` reads a cookie, `cookie({…})` makes a Set-Cookie value;
 * an object without it has no cookies.
 */
export interface QueryObject {
  param(name?: string, value?: unknown): unknown
  cookie?(what: string | Cookie): string | undefined
  header?(options: HeaderOptions, now: number): string
}

/** Whatever an id and parameters can be read from. */
export type QueryLike = QueryObject | IncomingMessage | Request

/** The most that `fromEnvironment` reads of a posted form. */
const LARGEST_FORM = 10 * 1024 * 1024

/** A request's cookies and form fields, with the few methods of Perl's CGI objects that sessions use. */
export class Query implements QueryObject {
  readonly #fields = new Map<string, unknown>()
  readonly #cookies: Map<string, string>

  /**
   * @param form URL-encoded fields, as in a query string or a posted form.
   * @param cookieHeader the request's Cookie header.
   */
  constructor(form: string | URLSearchParams = '', cookieHeader?: string) {
    for (const [name, value] of typeof form === 'string' ? parseForm(form) : form) {
      const before = this.#fields.get(name)
      if (before === undefined) this.#fields.set(name, value)
      else if (Array.isArray(before)) before.push(value)
      else this.#fields.set(name, [before, value])
    }
    this.#cookies = parseCookies(cookieHeader)
  }

  /**
   * The request of a CGI program: `QUERY_STRING`, `HTTP_COOKIE`, and for a URL-encoded POST the standard input
   * (10 MB at most).
   */
  static fromEnvironment(env: NodeJS.ProcessEnv = process.env): Query {
    const fields = [env['QUERY_STRING'] ?? '']
    const isForm = (env['CONTENT_TYPE'] ?? '').startsWith('application/x-www-form-urlencoded')
    if (env['REQUEST_METHOD'] === 'POST' && isForm) {
      fields.push(readStandardInput(Math.min(Number(env['CONTENT_LENGTH']) || 0, LARGEST_FORM)))
    }
    return new Query(fields.filter((text) => text !== '').join('&'), env['HTTP_COOKIE'] ?? env['COOKIE'])
  }

  /** The URL's fields and the cookies of a Node or Fetch request. A posted form has to be parsed by the server. */
  static fromRequest(request: IncomingMessage | Request): Query {
    const { headers } = request
    const cookie = isFetchHeaders(headers) ? headers.get('cookie') : headers.cookie
    const url = request.url ?? ''
    const question = url.indexOf('?')
    return new Query(question < 0 ? '' : url.slice(question + 1).replace(/#.*$/, ''), cookie ?? undefined)
  }

  /** The names of all fields; or the value of one: `undefined`, a text, or an array of several; or sets one. */
  param(): string[]
  param(name: string): unknown
  param(name: string, value: unknown): unknown
  param(...parameters: [string?, unknown?]): unknown {
    const [name, value] = parameters
    if (name === undefined) return [...this.#fields.keys()]
    if (parameters.length > 1) this.#fields.set(name, value)
    return this.#fields.get(name)
  }

  /** The value of a cookie that the client sent; or, given a cookie, its Set-Cookie value. */
  cookie(what: string | Cookie): string | undefined {
    return typeof what === 'string' ? findCookie(this.#cookies, what) : formatCookie(what)
  }

  /** The HTTP header of a CGI program's answer. */
  header(options: HeaderOptions = {}, now: number = Math.floor(Date.now() / 1000)): string {
    return formatHeader(options, now)
  }
}

/** The query object behind whatever was given. */
export function asQuery(source: QueryLike): QueryObject {
  // First, because the requests of Express 4 have a `param` method too, which knows no cookies.
  if (isRequest(source)) return Query.fromRequest(source)
  if ('param' in source && typeof source.param === 'function') return source
  // Something with cookies only: it has no fields.
  const { cookie } = source as Partial<QueryObject>
  return {
    param: (name) => (name === undefined ? [] : undefined),
    ...(cookie && { cookie: (what) => cookie.call(source, what) }),
  }
}

function isRequest(source: QueryLike): source is IncomingMessage | Request {
  const { headers, cookie } = source as { headers?: unknown; cookie?: unknown }
  return typeof headers === 'object' && headers !== null && typeof cookie !== 'function'
}

function isFetchHeaders(headers: IncomingMessage['headers'] | Headers): headers is Headers {
  return typeof (headers as Headers).get === 'function'
}

function* parseForm(text: string): Generator<[string, string]> {
  for (const pair of text.split(/[&;]/)) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    yield [unescapeUrl(name.replaceAll('+', ' ')), unescapeUrl(value.replaceAll('+', ' '))]
  }
}

function readStandardInput(length: number): string {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(0, buffer, filled, length - filled, null)
    if (count === 0) break
    filled += count
  }
  return buffer.toString('latin1', 0, filled)
}
