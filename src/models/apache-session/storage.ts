import type { Awaitable } from '../../contracts/awaitable.ts'
import type { Driver } from '../../contracts/driver.ts'
import type { Hash } from '../../contracts/serializer.ts'
import type { PluginContext, PluginOptions } from '../../contracts/services.ts'
import { InvalidIdError } from '../../errors.ts'
import type { ApacheSessionOptions } from './options.ts'
import { driverOf } from './storage-driver.ts'

/** Ids that are the name of a file, a key or a value in any storage. */
const PLAIN_ID = /^[A-Za-z\d][\w.-]{0,199}$/

/**
 * A way to keep sessions, as Apache::Session's subclasses say it: four verbs about hashes. A class that extends this one
 * is a driver as well (`asDriver`), and a place for sessions (`ApacheSession.on`).
 *
 * With `serialize:JSON` a hash is the session's own: parameters, `_session_id`, and `_data_session` with the times. With
 * another serializer it holds one text.
 */
export abstract class ApacheStorage {
  /** What the store was opened with, names that this library does not know included. */
  protected readonly options: PluginOptions

  constructor(options: PluginOptions) {
    this.options = options
  }

  /** Options of the sessions that are kept in this way; those of a call are stronger. */
  static options(): ApacheSessionOptions {
    return {}
  }

  /** The class as a driver, for `registry.register('driver', …)`. */
  static asDriver(
    this: new (
      options: PluginOptions,
    ) => ApacheStorage,
  ): new (
    context: PluginContext,
  ) => Driver {
    return driverOf(this)
  }

  /**
   * Throws `InvalidIdError` for an id that the storage cannot hold exactly. As it is here, ids have letters, digits,
   * `_`, `-` and `.`, which leads out of no folder.
   */
  checkId(id: string): void {
    if (!PLAIN_ID.test(id)) {
      throw new InvalidIdError(
        `${JSON.stringify(id)} cannot be an id here: letters, digits, '_', '-' and '.' can, 200 at most`,
      )
    }
  }

  /** Called once, before anything else. */
  open?(): Awaitable<void>

  /** The hash under this id, or `undefined`. */
  abstract fetch(id: string): Awaitable<Hash | undefined>

  /** Makes an empty hash; `undefined` if there is one under this id. It should be the storage that decides that. */
  abstract create(id: string): Awaitable<Hash | undefined>

  /**
   * Puts a hash in the place of the one that is there.
   *
   * @param expires when the session ends, in seconds since 1970; `undefined`: never
   */
  abstract commit(hash: Hash, id: string, expires: number | undefined): Awaitable<unknown>

  /** Removes every trace of it. That there was none is no error: the answer is `false` then, if the storage tells. */
  abstract destroy(id: string): Awaitable<unknown>

  /** Every id, as a stream. Without it sessions can be neither listed nor purged. */
  ids?(): AsyncIterable<string> | Iterable<string>

  /** Called once, after everything else. */
  close?(): Awaitable<void>
}
