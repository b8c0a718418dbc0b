import { InvalidOptionError } from '../errors.ts'
import { formatDate } from './cookie.ts'

/** What goes into an HTTP header. Names may carry Perl's leading dash. Names not listed become headers themselves. */
export interface HeaderOptions {
  /** Default 'text/html'; '' sends none. */
  type?: string | undefined
  /** Default 'ISO-8859-1', as CGI.pm says for it; put 'utf-8' when that is what the page is in. */
  charset?: string | undefined
  status?: string | undefined
  /** Set-Cookie values. Given by the caller they replace the session's. */
  cookie?: string | readonly string[] | undefined
  /** When the page expires, in seconds since 1970. */
  expires?: number | undefined
  /** The file name under which a browser offers to save the page. */
  attachment?: string | undefined
  [header: string]: unknown
}

/**
 * An HTTP header as Perl's CGI.pm prints it, with the empty line that ends it.
 *
 * @param now seconds since 1970; sent as Date when there is a cookie or an expiry.
 * @throws InvalidOptionError when a value would break the header apart.
 */
export function formatHeader(given: HeaderOptions, now: number): string {
  const { type = 'text/html', charset, status, cookie, expires, attachment, ...others } = undashed(given)
  const cookies = (Array.isArray(cookie) ? (cookie as string[]) : [cookie as string]).filter(Boolean)
  const lines: string[] = []
  const add = (name: string, value: string): void => {
    // oxlint-disable-next-line no-control-regex -- a control character is what must not get through
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(name + value)) {
      throw new InvalidOptionError(`The header ${JSON.stringify(name)} must not contain control characters`)
    }
    lines.push(`${name}: ${value}`)
  }
  if (status !== undefined) add('Status', String(status))
  for (const value of cookies) add('Set-Cookie', value)
  if (expires !== undefined) add('Expires', formatDate(Number(expires), ' '))
  if (expires !== undefined || cookies.length > 0) add('Date', formatDate(now, ' '))
  if (attachment !== undefined) {
    add('Content-Disposition', `attachment; filename="${String(attachment).replace(/["\\]/g, '\\$&')}"`)
  }
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) add(headerName(name), String(value))
  }
  if (type !== '') add('Content-Type', contentType(String(type), charset as string | undefined))
  return `${lines.join('\r\n')}\r\n\r\n`
}

function undashed(options: HeaderOptions): HeaderOptions {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/^-/, ''), value]))
}

function headerName(name: string): string {
  const dashed = name.replaceAll('_', '-')
  return dashed.charAt(0).toUpperCase() + dashed.slice(1)
}

function contentType(type: string, charset: string | undefined): string {
  if (charset === undefined && (/\bcharset\b/i.test(type) || !type.startsWith('text/'))) return type
  return `${type}; charset=${charset ?? 'ISO-8859-1'}`
}
