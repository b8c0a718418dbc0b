import type { PluginOptions, RandomSource } from '../../contracts/services.ts'
import type { Duration } from '../../duration.ts'
import type { LockOptions } from '../../locks/session-locks.ts'
import type { SessionOptions } from '../../options.ts'
import type { SessionStore } from '../../session-store.ts'

/** A `SessionStore`, whatever the type of its parameters. */
export type AnyStore = Pick<SessionStore, 'type' | 'lock' | 'close'>

/** The options of `ApacheSession.new` and `open` that are not the store's. */
export interface HashOptions {
  /**
   * Each change reaches storage by itself. Without it only `store()` stores, and what was not stored when the session
   * is closed is lost. Default true.
   */
  autocommit?: boolean | 0 | 1 | undefined
  /**
   * The idle lifetime: of a new session, or from now on of the one that is opened; 0 = never ends. Default for a new
   * one: what the class or the store's option `expire` says, else `SESSION_LIFETIME`, else an hour.
   */
  lifetime?: Duration | undefined
  /**
   * Nobody else who asks for the same has the session open at the same time. True, or how `store.lock` is to hold it.
   * Default false.
   */
  lock?: boolean | 0 | 1 | LockOptions | undefined
  /** How long to wait for the lock, and for others in drivers, in milliseconds. Default 5000. */
  timeout?: number | undefined
  /** A store that is open already. It is used and not closed, and the options of a store have nothing to say. */
  store?: AnyStore | undefined
  /** Hexadecimal digits of a new id, 16 to 128. Default `SESSION_ID_LENGTH`, else 16. */
  idLength?: number | undefined
  /** Mixed into new ids. Default `SESSION_SECRET`, else nothing. */
  secret?: string | undefined
  /** How many ids to try when they are taken. Default `SESSION_MAX_ATTEMPTS`, else 5. */
  maxAttempts?: number | undefined
  /** Secure random bytes, for ids. Default: the system's source. */
  random?: RandomSource | undefined
  /**
   * Told of each failure to store a change, unless `store()` or `close()` is waiting to be told of it. Default: a
   * warning of the process (`process.emitWarning`).
   */
  onError?: ((error: unknown) => void) | undefined
}

/** Those, and the options of the store that `new` and `open` open. */
interface KnownOptions
  extends HashOptions,
    Omit<SessionOptions, keyof HashOptions | 'id' | 'query' | 'queryClass' | 'adoptUnknownIds'> {}

/**
 * The options of `ApacheSession`: its own, and those of the store that it opens. Each may also be spelled as in Perl
 * (`IDLength`, `Directory`, `DataSource`).
 */
export type ApacheSessionOptions = KnownOptions | (KnownOptions & PluginOptions)
