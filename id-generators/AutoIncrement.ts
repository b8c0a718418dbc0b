import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Awaitable } from '../src/contracts/awaitable.ts'
import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Logger, Options, type PluginOptions } from '../src/contracts/services.ts'
import { IdGeneratorError, InvalidOptionError, LockTimeoutError } from '../src/errors.ts'
import { explained } from '../src/after.ts'
import { reasonOf } from '../src/files/file-error.ts'
import { Again, CHANGE, type FileLocks } from '../src/files/file-locks.ts'
import { locksOption, modeOption, textOption } from '../src/files/file-options.ts'
import { FlockFinder } from '../src/files/find-flock.ts'
import { makeEmpty, type OpenFile, readAll, writeAll } from '../src/files/open-file.ts'
import { inject, injectable } from '../src/inject.ts'

/** What a signed integer of 64 bits holds, and so Perl and every database. */
const LARGEST = 2n ** 63n - 1n

/** More bytes than any number that we or Perl write has. */
const LONGEST_CONTENT = 64

/**
 * Counts in a file that holds the last id in decimal. Perl processes may count in the same file: it is locked with
 * flock(2) and written in place. Options: `idFile`, `idBase`, `idStep`, `umask`, `noFlock`, `timeout` (see
 * `SessionOptions`). The first id is `idBase + idStep`; ids are greater than 0.
 *
 * An empty file stands for a count that has not begun. Anything else that is no number is an error, never a new
 * beginning, because that would give ids away a second time.
 */
@injectable()
export default class AutoIncrement implements IdGenerator {
  readonly idLength = 32
  readonly hardestId = String(LARGEST)

  readonly #file: string
  readonly #base: bigint
  readonly #step: bigint
  readonly #mode: number
  readonly #locks: FileLocks

  /** @throws InvalidOptionError */
  constructor(
    @inject(Options) options: PluginOptions,
    @inject(Logger) logger: Logger,
    @inject(FlockFinder, { isOptional: true }) findFlock?: FlockFinder,
  ) {
    this.#file = resolve(textOption(options, 'idFile', join(tmpdir(), 'data.session.id')))
    this.#base = integerOption(options, 'idBase', 0n)
    this.#step = integerOption(options, 'idStep', 1n) || 1n
    this.#mode = modeOption(options)
    this.#locks = locksOption({ ...options, noFollow: true }, logger, findFlock)
  }

  /**
   * @throws IdGeneratorError when the file is damaged or out of reach, or the count at its end
   * @throws LockTimeoutError
   */
  generate(): Awaitable<string> {
    return explained(
      () =>
        this.#locks.with<string>(this.#file, CHANGE, (file) => {
          if (file !== undefined) return this.#count(file)
          makeEmpty(this.#file, this.#mode)
          return Again
        }),
      (cause) => {
        if (cause instanceof IdGeneratorError || cause instanceof LockTimeoutError) throw cause
        throw new IdGeneratorError(`Cannot count in the id file ${this.#file}: ${reasonOf(cause)}`, { cause })
      },
    )
  }

  #count({ fd, stat }: OpenFile): string {
    const { size } = stat
    const content = readAll(fd, Math.min(size, LONGEST_CONTENT + 1)).toString('latin1')
    if (size > LONGEST_CONTENT || !/^(\d+\n?)?$/.test(content)) {
      throw new IdGeneratorError(
        `The id file ${this.#file} does not hold a number. Put the last id that was given into it`,
      )
    }
    const next = (content === '' ? this.#base : BigInt(content)) + this.#step
    if (next <= 0n || next > LARGEST) {
      throw new IdGeneratorError(
        `The count in the id file ${this.#file} is at its end: the next id would be ${next}`,
      )
    }
    // One write that never makes the file shorter: whenever the process dies, there is a whole number in it.
    writeAll(fd, Buffer.from(String(next).padStart(size, '0')))
    return String(next)
  }
}

function integerOption(options: PluginOptions, name: string, fallback: bigint): bigint {
  const value = options[name] ?? fallback
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value as bigint | number)
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  throw new InvalidOptionError(`Option '${name}' must be a whole number, not ${JSON.stringify(value)}`)
}
