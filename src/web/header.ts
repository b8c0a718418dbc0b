import { parseDuration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import { formatDate } from './cookie.ts'

/**
 * What goes into an HTTP header. Names may be written as in Perl (`-content_type`), in any case. Names not listed
 * become headers themselves. What is `undefined`, null or '' is left out.
 */
export interface HeaderOptions {
  /** Default 'text/html'; '' sends none. */
  type?: string | undefined
  /**
   * Default for texts 'ISO-8859-1', as CGI.pm has it; put 'utf-8' when that is what the page is in. '' sends none, and
   * a charset in the type stands.
   */
  charset?: string | undefined
  status?: string | number | undefined
  /** Set-Cookie values. Given by the caller they replace the session's. */
  cookie?: string | readonly string[] | undefined
  /** When the page expires: in seconds since 1970, or a duration from now such as '+1h'. */
  expires?: number | string | undefined
  /** The file name under which a browser offers to save the page. */
  attachment?: string | undefined
  [header: string]: unknown
}

/** Other spellings of the names above: CGI.pm's, and the headers' own. */
const ALIASES: Readonly<Record<string, string>> = {
  'content-type': 'type',
  cookies: 'cookie',
  'set-cookie': 'cookie',
}

/**
 * An HTTP header as Perl's CGI.pm prints it, with the empty line that ends it.
 *
 * @param now seconds since 1970; sent as Date when there is a cookie or an expiry.
 * @throws InvalidOptionError when a name or a value would break the header apart.
 */
export function formatHeader(given: HeaderOptions, now: number): string {
  const { type, charset, status, cookie, expires, attachment, ...others } = canonical(given)
  const lines: string[] = []
  const add = (name: string, value: unknown): void => {
    if (!isLeftOut(value)) lines.push(headerLine(name, String(value)))
  }
  const cookies = (Array.isArray(cookie) ? (cookie as unknown[]) : [cookie]).filter((one) => !isLeftOut(one))
  add('Status', status)
  for (const value of cookies) add('Set-Cookie', value)
  if (!isLeftOut(expires)) add('Expires', formatDate(expiryTime(expires, now), ' '))
  if (!isLeftOut(expires) || cookies.length > 0) add('Date', formatDate(now, ' '))
  if (!isLeftOut(attachment)) {
    add('Content-Disposition', `attachment; filename="${String(attachment).replace(/["\\]/g, '\\$&')}"`)
  }
  for (const [name, value] of Object.entries(others)) {
    add(name.charAt(0).toUpperCase() + name.slice(1), value)
  }
  add('Content-Type', contentType((type ?? 'text/html') as string, charset as string | null | undefined))
  return `${lines.join('\r\n')}\r\n\r\n`
}

function canonical(options: HeaderOptions): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [spelling, value] of Object.entries(options)) {
    const name = spelling.replace(/^-/, '').replaceAll('_', '-').toLowerCase()
    result[ALIASES[name] ?? name] = value
  }
  return result
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function headerLine(name: string, value: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new InvalidOptionError(`${JSON.stringify(name)} cannot be the name of a header`)
  }
  // oxlint-disable-next-line no-control-regex -- a control character is what must not get through
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw new InvalidOptionError(`The header '${name}' must not contain control characters`)
  }
  return `${name}: ${value}`
}

function expiryTime(expires: unknown, now: number): number {
  if (typeof expires === 'number') return expires
  const text = String(expires)
  if (/^\d+$/.test(text)) return Number(text)
  return text.toLowerCase() === 'now' ? now : now + parseDuration(text)
}

function contentType(type: string, charset: string | null | undefined): string {
  if (type === '' || /\bcharset\b/i.test(type)) return type
  const known = charset ?? (type.startsWith('text/') ? 'ISO-8859-1' : '')
  return known === '' ? type : `${type}; charset=${known}`
}
