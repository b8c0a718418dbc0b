import { closeSync, constants, lstatSync, statSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { DriverLock } from '../contracts/driver.ts'
import type { Logger } from '../contracts/services.ts'
import { LockTimeoutError } from '../errors.ts'
import { after, lastly } from '../after.ts'
import type { FlockFinder } from './find-flock.ts'
import type { Flock, LockKind } from './flock.ts'
import { HeldFile } from './held-file.ts'
import { makeEmpty, type OpenFile, openFile, openIfThere, safeFlags } from './open-file.ts'
import { Pauses } from '../pauses.ts'
import { Turns } from '../turns.ts'

export interface LockSettings {
  /** How long to wait for a lock, in milliseconds. */
  readonly timeout: number
  /** Take no locks at all. */
  readonly noFlock: boolean
  /** Follow symbolic links. */
  readonly follow: boolean
  readonly findFlock: FlockFinder
  readonly logger: Logger
  /** Where others look for the lock of a file, if not at the file itself. */
  readonly lockFiles?: LockFiles | undefined
}

/**
 * Files that are locked in the place of others. They are always locked exclusively, and stay when the work is over: to
 * remove one that somebody waits for would make two locks of one.
 */
export interface LockFiles {
  /** The lock file of this file. */
  pathFor(path: string): string
  /** The mode of new ones, before the umask of the process takes its share. */
  readonly mode: number
}

/** How a file is to be opened and locked. */
export interface Access {
  /** The flags for open(2) that say whether it is read, written or both. */
  readonly flags: number
  readonly kind: LockKind
}

export const READ: Access = { flags: constants.O_RDONLY, kind: 'shared' }

/** Open for reading as well as writing: network file systems lock exclusively only what is open for writing. */
export const CHANGE: Access = { flags: constants.O_RDWR, kind: 'exclusive' }

/** What work answers when the file is no longer what it was opened as: it is opened and locked once more. */
export const Again = Symbol('again')

const Taken = Symbol('taken')

type Attempt<T> = T | typeof Again | typeof Taken

const PAUSES = { first: 1, longest: 20 }

/** One for the process: two stores on one folder do not fight for the locks either. */
const turns = new Turns()

/**
 * Work on files under a lock. What finds the lock free happens at once, without a promise. What does not waits without
 * holding up the event loop or the thread pool, in the order of the calls as far as this process is concerned.
 */
export class FileLocks {
  readonly #settings: LockSettings
  #flock: Flock | 'none' | undefined

  constructor(settings: LockSettings) {
    this.#settings = settings
    if (settings.noFlock) this.#flock = 'none'
  }

  /** Whether locks are wanted and there is no way to take them. */
  get missing(): boolean {
    return !this.#settings.noFlock && this.#findFlock() === undefined
  }

  /**
   * Opens the file, locks it, makes sure that the path still leads to it, and closes it when the work is over. A
   * missing file is `undefined` to the work.
   *
   * @throws LockTimeoutError
   */
  with<T>(
    path: string,
    access: Access,
    work: (file: OpenFile | undefined) => Awaitable<T | typeof Again>,
  ): Awaitable<T> {
    const attempt = (): Awaitable<Attempt<T>> => this.#attempt(path, access, work)
    const deadline = performance.now() + this.#settings.timeout
    if (turns.busy(path)) return turns.take(path, () => this.#insist(path, attempt, deadline))
    const first = attempt()
    if (!(first instanceof Promise) && first !== Taken && first !== Again) return first
    return turns.take(path, () => this.#insist(path, attempt, deadline, first))
  }

  /**
   * Takes the lock of this file for longer than one piece of work, whether or not the file is there. Tries once:
   * `undefined` while somebody has it. Work on this path in this process does not wait for it.
   */
  tryHold(path: string, lockFiles: LockFiles): Awaitable<DriverLock | undefined> {
    const flock = this.#findFlock()
    if (flock === undefined) throw new Error(NO_FLOCK)
    const held = HeldFile.tryTake(flock, lockFiles.pathFor(path), lockFiles.mode, this.#settings.follow)
    return after(
      held,
      (held) =>
        held && {
          renew: () => held.isThere,
          // What did not wait for the lock is to be over before others have it.
          release: () => turns.take(path, async () => held.letGo()),
        },
    )
  }

  async #insist<T>(
    path: string,
    attempt: () => Awaitable<Attempt<T>>,
    deadline: number,
    first?: Awaitable<Attempt<T>>,
  ): Promise<T> {
    let result = await (first ?? attempt())
    const pauses = new Pauses(PAUSES)
    for (; ; result = await attempt()) {
      if (result !== Again && result !== Taken) return result
      if (performance.now() > deadline) {
        throw new LockTimeoutError(`${path} was locked by others for more than ${this.#settings.timeout} ms`)
      }
      if (result === Again) await setImmediate()
      else await setTimeout(pauses.next())
    }
  }

  #attempt<T>(
    path: string,
    { flags, kind }: Access,
    work: (file: OpenFile | undefined) => Awaitable<T>,
  ): Awaitable<Attempt<T>> {
    return this.#open<Attempt<T>>(path, flags, (fd) => {
      if (fd === undefined) return work(undefined)
      const flock = this.#findFlock()
      if (flock === undefined) return work(openFile(path, fd))
      const { lockFiles } = this.#settings
      return lockFiles === undefined
        ? this.#lock(flock, path, fd, kind, work)
        : this.#lockBeside(flock, lockFiles, path, () => this.#ifStillAt(path, fd, work))
    })
  }

  #lockBeside<T>(
    flock: Flock,
    lockFiles: LockFiles,
    path: string,
    work: () => Awaitable<T>,
  ): Awaitable<Attempt<T>> {
    const lockPath = lockFiles.pathFor(path)
    if (HeldFile.has(lockPath)) return work()
    return this.#open<Attempt<T>>(lockPath, CHANGE.flags, (fd) => {
      if (fd !== undefined) return this.#lock(flock, lockPath, fd, 'exclusive', work)
      makeEmpty(lockPath, lockFiles.mode)
      return Again
    })
  }

  #lock<T>(
    flock: Flock,
    path: string,
    fd: number,
    kind: LockKind,
    work: (file: OpenFile) => Awaitable<T>,
  ): Awaitable<Attempt<T>> {
    return after<boolean, Attempt<T>>(flock.tryLock(fd, kind), (ours) =>
      ours ? this.#ifStillAt(path, fd, work) : Taken,
    )
  }

  /** A descriptor for the time of the work; `undefined` when there is no such file. */
  #open<T>(path: string, flags: number, work: (fd: number | undefined) => Awaitable<T>): Awaitable<T> {
    const fd = openIfThere(path, flags | safeFlags(this.#settings.follow))
    if (fd === undefined) return work(undefined)
    return lastly(
      () => work(fd),
      () => closeSync(fd),
    )
  }

  /** While we waited for the lock another file may have been put in this one's place. */
  #ifStillAt<T>(
    path: string,
    fd: number,
    work: (file: OpenFile) => Awaitable<T>,
  ): Awaitable<T | typeof Again> {
    const file = openFile(path, fd)
    const look = this.#settings.follow ? statSync : lstatSync
    const there = look(path, { throwIfNoEntry: false })
    // The time besides, because an inode number may have more digits than a JavaScript number.
    const { ino, dev, ctimeMs } = file.stat
    const isThere = there?.ino === ino && there.dev === dev && there.ctimeMs === ctimeMs
    return isThere ? work(file) : Again
  }

  #findFlock(): Flock | undefined {
    if (this.#flock === undefined) {
      this.#flock = this.#settings.findFlock() ?? 'none'
      if (this.#flock === 'none') warnOfNone()
      else if (this.#flock.remark !== undefined) this.#settings.logger.warn(this.#flock.remark)
    }
    return this.#flock === 'none' ? undefined : this.#flock
  }
}

let isWarned = false

/** Once in a process, and whatever `verbose` says: a session may depend on it. */
function warnOfNone(): void {
  if (!isWarned) process.emitWarning(NO_FLOCK, { code: 'DATA_SESSION_NO_FLOCK' })
  isWarned = true
}

const NO_FLOCK =
  'Files are not locked: neither the package koffi (npm install koffi) nor the command flock is there. ' +
  'Sessions and ids are safe within this process only: two processes that change the same one at the same time can ' +
  'lose a change, or get the same id'
