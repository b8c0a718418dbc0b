import { createHash } from 'node:crypto'

/** What a store keeps for itself, between the sessions: the list of an owner's sessions, the lock of a session. */
export type HiddenKind = 'owner' | 'lock'

/** Short enough for the columns of 32 characters that Perl's modules have for ids. */
const HASHED = 26

const digits = 'abcdefghijklmnopqrstuvwxyz234567'

const pattern = /^(?:owner|lock)\.[a-z2-7]{26}$/

/** The id of the record that is kept for this name. Listings leave it out, and no session can have it. */
export function hiddenId(kind: HiddenKind, name: string): string {
  // Base 32: tables that do not tell upper from lower case are not to take one for another.
  const hash = createHash('sha256').update(name).digest()
  let text = ''
  for (let at = 0; at < HASHED; at++) text += digits[hash[at]! & 31]
  return `${kind}.${text}`
}

export function isHidden(id: string): boolean {
  const first = id.charCodeAt(0)
  return (first === 0x6f || first === 0x6c) && pattern.test(id)
}
