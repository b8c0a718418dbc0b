import type { Hash } from './contracts/serializer.ts'
import { isPlainObject } from './hash.ts'

/** The layouts whose records can be told from one another. */
export type LayoutName = 'ApacheSession' | 'CGISession' | 'Concierge' | 'DataSession' | 'ExpressSession'

/** By which keys each is known; the first that fits counts. CGI::Session has all of Data::Session's, and some more. */
const marks: readonly (readonly [LayoutName, (hash: Hash) => boolean])[] = [
  ['CGISession', (hash) => has(hash, '_SESSION_REMOTE_ADDR') || has(hash, '_SESSION_EXPIRE_LIST')],
  ['DataSession', (hash) => has(hash, '_SESSION_ID') && has(hash, '_SESSION_ATIME')],
  ['ApacheSession', (hash) => has(hash, '_session_id') || (has(hash, '_ID') && has(hash, '_LIFETIME'))],
  ['Concierge', (hash) => has(hash, 'session_id') && has(hash, 'session_timeout')],
  ['ExpressSession', ({ cookie }) => isPlainObject(cookie) && has(cookie, 'originalMaxAge')],
]

/** Which program laid out this record, by its keys; undefined when it is like none that is known. */
export function recognizeLayout(hash: Hash): LayoutName | undefined {
  return marks.find(([, fits]) => fits(hash))?.[0]
}

function has(hash: Hash, key: string): boolean {
  return Object.hasOwn(hash, key)
}
