import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  lutimesSync,
  type Stats,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { ConditionalResult, Image, StoredImage } from '../contracts/driver.ts'
import { after, lastly } from '../after.ts'
import { expiresAfter, expiryOf, noExpiry } from './expiry.ts'
import { codeOf, notAFile } from './file-error.ts'
import { Again, CHANGE } from './file-locks.ts'
import { removeIfOld } from './leftovers.ts'
import { flush, holds, makeEmpty, openIfThere, readAll, safeFlags } from './open-file.ts'
import type { FileSettings, SessionFiles } from './session-files.ts'
import { isTemporary, TemporaryFile } from './temporary-file.ts'

/**
 * Session files of which every version is a new file, written whole under a hidden name and then put in the place of
 * the old one: a reader without a lock sees one version or the other. Whoever replaces or removes a record holds the
 * lock of the file that is there, so that what it has compared stays true until it has written.
 */
export class AtomicFiles implements SessionFiles {
  readonly #settings: FileSettings
  readonly #readFlags: number

  constructor(settings: FileSettings) {
    this.#settings = settings
    this.#readFlags = constants.O_RDONLY | safeFlags(settings.follow)
  }

  retrieve(path: string): StoredImage | undefined {
    const fd = openIfThere(path, this.#readFlags)
    if (fd === undefined) return undefined
    try {
      const stat = fstatSync(fd)
      if (!stat.isFile()) throw notAFile(path)
      return { image: readAll(fd, stat.size), expires: expiryOf(stat.mtimeMs) }
    } finally {
      closeSync(fd)
    }
  }

  create(path: string, image: Image, lifetime: number | undefined): Awaitable<boolean> {
    return this.#write(path, image, lifetime, (temporary) => {
      const became = temporary().become(path)
      if (became !== undefined) return became
      // Without hard links the name is taken by an empty file, which counts as no session.
      if (!makeEmpty(path, this.#settings.mode)) return false
      return this.#settings.locks.with(path, CHANGE, (file) => {
        if (file?.stat.size === 0) temporary().replace(path, file.stat)
        return true
      })
    })
  }

  store(path: string, image: Image, lifetime: number | undefined): Awaitable<void> {
    return this.#write(path, image, lifetime, (temporary) =>
      this.#settings.locks.with<void>(path, CHANGE, (file) => {
        if (file !== undefined) return temporary().replace(path, file.stat)
        const became = temporary().become(path)
        if (became === undefined) makeEmpty(path, this.#settings.mode)
        return became ? undefined : Again
      }),
    )
  }

  replace(
    path: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult> {
    return this.#write(path, image, lifetime, (temporary) =>
      this.#settings.locks.with<ConditionalResult>(path, CHANGE, (file) => {
        if (file === undefined) return 'absent'
        if (!holds(file, expected)) return 'changed'
        temporary().replace(path, file.stat)
        return 'done'
      }),
    )
  }

  remove(path: string): Awaitable<boolean> {
    return this.#durable(path, () =>
      this.#settings.locks.with(path, CHANGE, (file) => file !== undefined && vanish(path)),
    )
  }

  removeIf(path: string, expected: Image): Awaitable<ConditionalResult> {
    return this.#durable(path, () =>
      this.#settings.locks.with<ConditionalResult>(path, CHANGE, (file) => {
        if (file === undefined) return 'absent'
        if (!holds(file, expected)) return 'changed'
        return vanish(path) ? 'done' : 'absent'
      }),
    )
  }

  touch(path: string, lifetime: number | undefined): Awaitable<boolean> {
    const expires = expiresAfter(this.#settings.clock, lifetime) ?? noExpiry()
    const { follow, fsync } = this.#settings
    try {
      const setTimes = follow ? utimesSync : lutimesSync
      setTimes(path, Date.now() / 1000, expires)
    } catch (error) {
      return falseIfMissing(error)
    }
    return fsync ? flush(path, follow).then(() => true, falseIfMissing) : true
  }

  mayHaveExpired(path: string, before: number): boolean {
    const stat = this.#look(path)
    if (stat === undefined) return false
    const expires = expiryOf(stat.mtimeMs)
    return expires === undefined || expires < before
  }

  tidy(folder: string, name: string): void {
    if (isTemporary(name)) removeIfOld(join(folder, name))
  }

  #look(path: string): Stats | undefined {
    return (this.#settings.follow ? statSync : lstatSync)(path, { throwIfNoEntry: false })
  }

  /**
   * Writes the image to a temporary file that `put` puts in its place. Without `fsync` that happens when `put` asks
   * for it, so that nothing is written in vain; with `fsync` before, so that no lock is held while the disk works.
   */
  #write<T>(
    path: string,
    image: Image,
    lifetime: number | undefined,
    put: (temporary: () => TemporaryFile) => Awaitable<T>,
  ): Awaitable<T> {
    const { clock, mode, fsync } = this.#settings
    let written: TemporaryFile | undefined
    const temporary = () => (written ??= new TemporaryFile(path, image, mode, expiresAfter(clock, lifetime)))
    const write = (): Awaitable<T> =>
      fsync ? flush(temporary().path).then(() => put(temporary)) : put(temporary)
    return lastly(
      () => this.#durable(path, write),
      () => written?.discard(),
    )
  }

  /** With `fsync`, the change to the folder is on the disk before the answer is given. */
  #durable<T>(path: string, change: () => Awaitable<T>): Awaitable<T> {
    if (!this.#settings.fsync) return change()
    return after(change(), async (result) => {
      if (result === false || result === 'absent' || result === 'changed') return result
      // A record may be the first in its subfolders: their own entries count as well.
      for (let folder = dirname(path); ; folder = dirname(folder)) {
        await flush(folder)
        if (folder === this.#settings.directory) return result
      }
    })
  }
}

function vanish(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    return falseIfMissing(error)
  }
}

function falseIfMissing(error: unknown): false {
  if (codeOf(error) === 'ENOENT') return false
  throw error
}
