import { InvalidOptionError } from '../errors.ts'

/** What can be said of a cookie besides its name and value. */
export interface CookieAttributes {
  domain?: string | undefined
  /** Default '/'. */
  path?: string | undefined
  secure?: boolean | undefined
  httpOnly?: boolean | undefined
  sameSite?: 'Strict' | 'Lax' | 'None' | undefined
}

export interface Cookie extends CookieAttributes {
  readonly name: string
  readonly value: string
  /** When it expires, in seconds since 1970. Left out: when the browser is closed. */
  readonly expires?: number | undefined
}

/**
 * The cookies of a request's Cookie header: names as they were sent, values without their escapes. Of two with one
 * name the first, the more specific, counts. Never throws: what is no cookie is skipped.
 */
export function parseCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (!cookies.has(name)) cookies.set(name, unescapeUrl(unquoted(value)))
  }
  return cookies
}

/**
 * The value of the cookie that `formatCookie` gave this name. The name is escaped rather than those in the request
 * unescaped: else `%5F_Host-sid`, which any site of the domain may set, would pass for the protected `__Host-sid`.
 */
export function findCookie(cookies: ReadonlyMap<string, string>, name: string): string | undefined {
  return cookies.get(escapeUrl(name)) ?? cookies.get(name)
}

/**
 * The value of a Set-Cookie header, in the form and order of Perl's CGI.pm: domain, path, expires, secure, HttpOnly,
 * SameSite.
 *
 * @throws InvalidOptionError when there is no name, or an attribute would break out of the header.
 */
export function formatCookie(cookie: Cookie): string {
  if (!cookie.name) throw new InvalidOptionError('A cookie needs a name')
  const parts = [`${escapeUrl(cookie.name)}=${escapeUrl(cookie.value)}`]
  if (cookie.domain) parts.push(`domain=${attribute('domain', cookie.domain).toLowerCase()}`)
  parts.push(`path=${attribute('path', cookie.path || '/')}`)
  if (cookie.expires !== undefined) parts.push(`expires=${formatDate(cookie.expires, '-')}`)
  if (cookie.secure) parts.push('secure')
  if (cookie.httpOnly) parts.push('HttpOnly')
  if (cookie.sameSite) parts.push(`SameSite=${attribute('sameSite', cookie.sameSite)}`)
  return parts.join('; ')
}

// The last second of the year 9999: a lifetime of centuries must still give a date that a browser can read.
const LAST_SECOND = 253_402_300_799

/**
 * `Tue, 14 Nov 2023 22:13:20 GMT`, or with dashes in the date, as Netscape's cookies wanted it.
 *
 * @param seconds since 1970; a time before that is written as 1970, one after the year 9999 as its last second.
 * @throws InvalidOptionError when it is not a number.
 */
export function formatDate(seconds: number, separator: ' ' | '-'): string {
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) {
    throw new InvalidOptionError(`'expires' must be a time in seconds since 1970, not ${String(seconds)}`)
  }
  const date = new Date(Math.max(0, Math.min(seconds, LAST_SECOND)) * 1000).toUTCString()
  return separator === ' ' ? date : date.replace(/^(\w+, \d+) (\w+) /, '$1-$2-')
}

function attribute(name: string, value: string): string {
  // oxlint-disable-next-line no-control-regex -- a control character is what must not get through
  if (/[\u0000-\u001f\u007f;]/.test(value)) {
    throw new InvalidOptionError(`The cookie's ${name} must not contain ';' or control characters`)
  }
  return value
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

/** Escapes as CGI.pm does: everything but letters, digits and `_ . ~ -`, as UTF-8. */
export function escapeUrl(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The text behind percent escapes; octets that are no UTF-8 are taken as Latin-1, each one character. */
export function unescapeUrl(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, unescapeOctets)
}

function unescapeOctets(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1')
  }
}
