import { createHash } from 'node:crypto'
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type OpenFile, openFile, openIfThere, overwrite, readAll, safeFlags, writeAll } from './open-file.ts'
import { HIDDEN } from './temporary-file.ts'

/**
 * What lies beside a session file while it is overwritten in place: the bytes before and after. If the writer dies,
 * whoever opens the session next knows from it what to do.
 */
export interface Companion {
  /** The name of the session file. */
  readonly name: string
  readonly before: Buffer
  readonly after: Buffer
}

const SUFFIX = '.copy'
const TITLE = 'data-session companion 1 '
const CHECKSUM_SIZE = 32

/** The path of a session file's companion. The name in it is hashed, so that it is never too long. */
export function companionOf(path: string): string {
  const hash = createHash('sha1').update(basename(path)).digest('hex')
  return join(dirname(path), `${HIDDEN}${hash}${SUFFIX}`)
}

/** Whether a name in a session folder is a companion's. */
export function isCompanion(name: string): boolean {
  return name.startsWith(HIDDEN) && name.endsWith(SUFFIX)
}

/** Whether a session file has a companion: a writer is at work on it, or has died. */
export function hasCompanion(path: string): boolean {
  return existsSync(companionOf(path))
}

/** Writes the companion of a session file, whose lock the caller holds. Leaves nothing behind when it fails. */
export function writeCompanion(path: string, before: Uint8Array, after: Uint8Array, mode: number): void {
  const { O_CREAT, O_TRUNC, O_WRONLY } = constants
  const fd = openSync(companionOf(path), O_WRONLY | O_CREAT | O_TRUNC | safeFlags(), mode)
  try {
    writeAll(fd, encode(basename(path), before, after))
  } catch (error) {
    removeCompanion(path)
    throw error
  } finally {
    closeSync(fd)
  }
}

/** `undefined` when it is not there, or not whole: then its writer died before it touched the session file. */
export function readCompanion(companion: string): Companion | undefined {
  const fd = openIfThere(companion, constants.O_RDONLY | safeFlags())
  if (fd === undefined) return undefined
  try {
    return decode(readAll(fd, openFile(companion, fd).stat.size))
  } finally {
    closeSync(fd)
  }
}

export function removeCompanion(path: string): void {
  rmSync(companionOf(path), { force: true })
}

/** Undoes the damage, if any, and the companion. The caller holds the lock. Gives the bytes of the session file. */
export function recover(path: string, { fd, stat }: OpenFile): Buffer {
  const current = readAll(fd, stat.size)
  const companion = readCompanion(companionOf(path))
  const torn = companion !== undefined && isTorn(current, companion)
  if (torn) overwrite(fd, companion.after)
  removeCompanion(path)
  return torn ? companion.after : current
}

/**
 * Whether these bytes are what is left when the writer dies on the way from `before` to `after`: the beginning of the
 * one and the rest of the other. Anything else is newer than the companion: a Perl process, which knows of no
 * companions, has written since.
 */
export function isTorn(current: Buffer, { before, after }: Pick<Companion, 'before' | 'after'>): boolean {
  if (current.equals(before) || current.equals(after)) return false
  let written = 0
  while (written < current.length && current[written] === after[written]) written += 1
  return current.subarray(written).equals(before.subarray(written))
}

/** A line that says what follows, the bytes before, the bytes after, and a checksum of it all. */
function encode(name: string, before: Uint8Array, after: Uint8Array): Buffer {
  const line = `${TITLE}${JSON.stringify({ name, before: before.length, after: after.length })}\n`
  const body = Buffer.concat([Buffer.from(line), before, after])
  return Buffer.concat([body, checksum(body)])
}

export function decode(bytes: Buffer): Companion | undefined {
  const body = bytes.subarray(0, -CHECKSUM_SIZE)
  if (!checksum(body).equals(bytes.subarray(-CHECKSUM_SIZE))) return undefined
  const line = body.subarray(0, body.indexOf('\n')).toString()
  if (!line.startsWith(TITLE)) return undefined
  const { name, before, after } = JSON.parse(line.slice(TITLE.length)) as Record<keyof Companion, unknown>
  if (typeof name !== 'string' || typeof before !== 'number' || typeof after !== 'number') return undefined
  const images = body.subarray(body.indexOf('\n') + 1)
  if (images.length !== before + after) return undefined
  return { name, before: images.subarray(0, before), after: images.subarray(before) }
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
