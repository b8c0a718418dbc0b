import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { InvalidOptionError } from '../../errors.ts'

/** Whatever a full URL can be had of. */
export type RewriteTarget = string | URL | IncomingMessage | Request

/**
 * The URL of a page of this program.
 *
 * @param target a URL; a request that came in, whose host is what the client says; or nothing for a CGI program, whose
 * script it is
 * @throws InvalidOptionError
 */
export function urlOf(target: RewriteTarget | undefined, env: NodeJS.ProcessEnv = process.env): URL {
  const text = target === undefined ? ofScript(env) : textOf(target)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidOptionError(
    `rewrite() wants a URL with http or https and a host, not ${JSON.stringify(text)}. Without one it takes that of ` +
      'the CGI environment',
  )
}

function textOf(target: RewriteTarget): string {
  if (typeof target === 'string') return target
  if (target instanceof URL) return target.href
  return 'socket' in target ? ofRequest(target) : target.url
}

function ofRequest(request: IncomingMessage): string {
  // Express takes off the part of the path that a router stands for.
  const { originalUrl } = request as { originalUrl?: string }
  const path = originalUrl ?? request.url ?? '/'
  // Proxies are sent a whole URL. A path such as //elsewhere/ is not to be taken for a host.
  if (!path.startsWith('/')) return path
  const scheme = (request.socket as TLSSocket).encrypted ? 'https' : 'http'
  return `${scheme}://${request.headers.host ?? ''}${path}`
}

function ofScript(env: NodeJS.ProcessEnv): string {
  const scheme = env['HTTPS'] === 'on' ? 'https' : 'http'
  const port = env['SERVER_PORT'] ? `:${env['SERVER_PORT']}` : ''
  return `${scheme}://${env['SERVER_NAME'] ?? ''}${port}${env['SCRIPT_NAME'] ?? ''}`
}

/** The same page with the id as path info. Query and fragment stay. */
export function withId(url: URL, id: string): string {
  const rewritten = new URL(url)
  const segments = rewritten.pathname.replace(/\/+$/, '').split('/')
  const last = encodeURIComponent(id)
  if (isId(segments.at(-1)!, last)) segments.pop()
  rewritten.pathname = [...segments, last].join('/')
  return rewritten.href
}

/** Whether it is this id or, as many hexadecimal digits, the one of an earlier session. */
function isId(segment: string, id: string): boolean {
  return segment === id || (isHex(id) && isHex(segment) && segment.length === id.length)
}

function isHex(text: string): boolean {
  return /^[\da-f]{16,}$/i.test(text)
}
