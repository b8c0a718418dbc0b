import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  futimesSync,
  linkSync,
  mkdirSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './file-error.ts'
import { openIfNew, writeAll } from './open-file.ts'

/** Files of ours that are no sessions. The dot hides them from the listings of the Perl modules too. */
export const HIDDEN = '.ds-'

const SUFFIX = '.tmp'

// No other process makes these names, and nobody can guess them before they appear.
const mark = randomBytes(9).toString('base64url')
let count = 0

/** Whether a name in a session folder is one that this class gives. */
export function isTemporary(name: string): boolean {
  return name.startsWith(HIDDEN) && name.endsWith(SUFFIX)
}

/** A new file beside the one it shall become or replace. */
export class TemporaryFile {
  readonly path: string
  #placed = false

  /** Writes the whole file, making its folder if that is missing. Leaves nothing behind when it fails. */
  constructor(beside: string, image: Uint8Array, mode: number, mtime: number | undefined) {
    const folder = dirname(beside)
    this.path = `${folder}/${HIDDEN}${mark}-${(count++).toString(36)}${SUFFIX}`
    const fd = this.#open(folder, mode)
    try {
      writeAll(fd, image)
      if (mtime !== undefined) futimesSync(fd, Date.now() / 1000, mtime)
    } catch (error) {
      this.discard()
      throw error
    } finally {
      closeSync(fd)
    }
  }

  #open(folder: string, mode: number): number {
    const open = (): number => {
      const fd = openIfNew(this.path, mode)
      if (fd === undefined) throw new Error(`${this.path} exists already`)
      return fd
    }
    try {
      return open()
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      mkdirSync(folder, { recursive: true })
      return open()
    }
  }

  /** Becomes the file at this path, in place of the one with these facts. */
  replace(path: string, { uid, gid }: Stats): void {
    this.#give(uid, gid)
    renameSync(this.path, path)
    this.#placed = true
  }

  /**
   * Becomes the file at this path if there is none. Answers whether it did; `undefined` when this file system has no
   * hard links, so that it cannot be done in one step.
   */
  become(path: string): boolean | undefined {
    try {
      linkSync(this.path, path)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      if (NO_LINKS.has(codeOf(error))) return undefined
      throw error
    }
    this.#placed = true
    unlinkSync(this.path)
    return true
  }

  /** Removes it, unless it has become what it should. */
  discard(): void {
    if (this.#placed) return
    try {
      unlinkSync(this.path)
    } catch {
      // What matters is why it is discarded. A leftover is removed later.
    }
  }

  /** An administrator's tool must not make a session unreadable to the server that owns it. */
  #give(uid: number, gid: number): void {
    if (process.geteuid?.() === 0 && (uid !== 0 || gid !== process.getegid?.()))
      chownSync(this.path, uid, gid)
  }
}

const NO_LINKS = new Set<string | undefined>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])
