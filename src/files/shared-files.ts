import { unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { ConditionalResult, Image, StoredImage } from '../contracts/driver.ts'
import { after } from '../after.ts'
import {
  companionOf,
  hasCompanion,
  isCompanion,
  readCompanion,
  recover,
  removeCompanion,
  writeCompanion,
} from './companion.ts'
import { Again, CHANGE, READ } from './file-locks.ts'
import { isOld, removeIfOld } from './leftovers.ts'
import { flush, makeEmpty, type OpenFile, overwrite, readAll } from './open-file.ts'
import type { FileSettings, SessionFiles } from './session-files.ts'
import { isTemporary } from './temporary-file.ts'

const Torn = Symbol('torn')

/**
 * Session files that Perl processes use at the same time: they open a file, wait for its lock and then write to what
 * they have opened, so that a file must stay the same file. It is overwritten in place, under the lock. A companion
 * file holds the bytes meanwhile, from which a half-written record is put right if the writer dies. Nothing is kept
 * beside the image.
 */
export class SharedFiles implements SessionFiles {
  readonly #settings: FileSettings

  constructor(settings: FileSettings) {
    this.#settings = settings
  }

  retrieve(path: string): Awaitable<StoredImage | undefined> {
    const { locks } = this.#settings
    const image = locks.with<Buffer | typeof Torn | undefined>(path, READ, (file) => {
      if (file === undefined) return undefined
      return hasCompanion(path) ? Torn : readAll(file.fd, file.stat.size)
    })
    return after(image, (image) => {
      if (image !== Torn) return image && { image }
      return locks.with(path, CHANGE, (file) => file && { image: recover(path, file) })
    })
  }

  create(path: string, image: Image): Awaitable<boolean> {
    // As Perl does: an empty file counts as no session until it is written.
    if (!makeEmpty(path, this.#settings.mode)) return false
    return this.#settings.locks.with<boolean>(path, CHANGE, (file) => {
      if (file === undefined) return makeEmpty(path, this.#settings.mode) ? Again : false
      // Others saw the empty file before we had its lock, and one of them has made it a record.
      if (file.stat.size > 0) return false
      return after(this.#put(path, file, currentBytes(path, file), image), () => true)
    })
  }

  store(path: string, image: Image): Awaitable<void> {
    return this.#settings.locks.with<void>(path, CHANGE, (file) => {
      if (file !== undefined) return this.#put(path, file, currentBytes(path, file), image)
      makeEmpty(path, this.#settings.mode)
      return Again
    })
  }

  replace(path: string, expected: Image, image: Image): Awaitable<ConditionalResult> {
    return this.#ifUnchanged(path, expected, (file, current) => this.#put(path, file, current, image))
  }

  remove(path: string): Awaitable<boolean> {
    return this.#settings.locks.with<boolean>(path, CHANGE, (file) => {
      return file === undefined ? false : after(this.#vanish(path), () => true)
    })
  }

  removeIf(path: string, expected: Image): Awaitable<ConditionalResult> {
    return this.#ifUnchanged(path, expected, () => this.#vanish(path))
  }

  /** Only the image itself knows. */
  mayHaveExpired(): boolean {
    return true
  }

  tidy(folder: string, name: string): Awaitable<void> {
    const leftover = join(folder, name)
    if (isTemporary(name)) return removeIfOld(leftover)
    if (!isCompanion(name) || !isOld(leftover)) return
    const path = join(folder, readCompanion(leftover)?.name ?? '')
    if (companionOf(path) !== leftover) return unlinkSync(leftover)
    return this.#settings.locks.with<void>(path, CHANGE, (file) => {
      if (file === undefined) removeCompanion(path)
      else recover(path, file)
    })
  }

  #ifUnchanged(
    path: string,
    expected: Image,
    change: (file: OpenFile, current: Buffer) => Awaitable<void>,
  ): Awaitable<ConditionalResult> {
    return this.#settings.locks.with<ConditionalResult>(path, CHANGE, (file) => {
      if (file === undefined) return 'absent'
      const current = currentBytes(path, file)
      return current.equals(expected) ? after(change(file, current), () => 'done') : 'changed'
    })
  }

  #put(path: string, { fd }: OpenFile, before: Buffer, image: Image): Awaitable<void> {
    const { mode, fsync } = this.#settings
    const write = (): void => {
      try {
        overwrite(fd, image)
      } catch (error) {
        overwrite(fd, before)
        this.#giveUp(path, before)
        throw error
      }
    }
    try {
      writeCompanion(path, before, image, mode)
    } catch (error) {
      this.#giveUp(path, before)
      throw error
    }
    if (!fsync) {
      write()
      return removeCompanion(path)
    }
    return flush(companionOf(path))
      .then(() => flush(dirname(path)))
      .then(write)
      .then(() => flush(path))
      .then(() => removeCompanion(path))
  }

  /** After a failure with nothing changed: an empty file was no record before, and is not left as one. */
  #giveUp(path: string, before: Buffer): void {
    if (before.length === 0) unlinkSync(path)
    removeCompanion(path)
  }

  #vanish(path: string): Awaitable<void> {
    unlinkSync(path)
    removeCompanion(path)
    if (this.#settings.fsync) return flush(dirname(path))
  }
}

/** What the file holds, put right if its last writer died. The caller holds the lock. */
function currentBytes(path: string, file: OpenFile): Buffer {
  return hasCompanion(path) ? recover(path, file) : readAll(file.fd, file.stat.size)
}
