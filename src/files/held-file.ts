import { closeSync, constants, fstatSync, statSync } from 'node:fs'
import { after, explained } from '../after.ts'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { Flock } from './flock.ts'
import { makeEmpty, openIfThere, safeFlags } from './open-file.ts'

const heldHere = new Map<string, HeldFile>()

/** A lock file that this process has locked until it lets go of it. */
export class HeldFile {
  readonly #path: string
  readonly #fd: number

  private constructor(path: string, fd: number) {
    this.#path = path
    this.#fd = fd
    heldHere.set(path, this)
  }

  /** Whether somebody in this process has locked the file under this path. */
  static has(path: string): boolean {
    return heldHere.has(path)
  }

  /**
   * Locks the file, which is made if it is not there. `undefined` when somebody else has locked it.
   *
   * @param mode of a new file
   */
  static tryTake(flock: Flock, path: string, mode: number, follow: boolean): Awaitable<HeldFile | undefined> {
    makeEmpty(path, mode)
    const fd = openIfThere(path, constants.O_RDWR | safeFlags(follow))
    if (fd === undefined) return undefined
    const taken = explained(
      () => flock.tryLock(fd, 'exclusive'),
      (error) => {
        closeSync(fd)
        throw error
      },
    )
    return after(taken, (isOurs) => {
      if (isOurs && leadsTo(path, fd)) return new HeldFile(path, fd)
      closeSync(fd)
      return undefined
    })
  }

  /** Whether the path still leads to it: who finds another file there finds another lock. */
  get isThere(): boolean {
    return leadsTo(this.#path, this.#fd)
  }

  letGo(): void {
    if (heldHere.get(this.#path) === this) heldHere.delete(this.#path)
    closeSync(this.#fd)
  }
}

function leadsTo(path: string, fd: number): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false })
  const { ino, dev } = fstatSync(fd, { bigint: true })
  return there?.ino === ino && there.dev === dev
}
