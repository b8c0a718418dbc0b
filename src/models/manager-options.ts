import { join } from 'node:path'
import { inspect } from 'node:util'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { oneOf } from '../one-of.ts'
import { readOptions, type SessionOptions } from '../options.ts'
import { SessionStore } from '../session-store.ts'
import { takeNames } from './given-names.ts'
import { readSessionTimeout, type SessionTimeout } from './session-timeout.ts'

/**
 * The options of `SessionManager`: where the sessions are, by `backend`, by `type` or by `store`, and the rules for
 * them. Each may also be spelled as in Perl (`storage_dir`). All options of `SessionStore.open` may be given besides.
 */
export interface ManagerOptions extends SessionOptions {
  /**
   * A store of Concierge::Sessions' own, in `storageDir`, that Perl may use at the same time: its database or its files.
   * In any case of letters. Default 'database'.
   */
  backend?: 'database' | 'file' | (string & {}) | undefined
  /** The folder of the backend's database or files; made when it is not there. */
  storageDir?: string | undefined
  /** An open store, of whatever parameters, instead of `backend` or `type`. It is used and not closed. */
  store?: Pick<SessionStore, 'type' | 'purge' | 'close'> | undefined
  /** How long new sessions live after they were saved. Default the option `expire`, else 3600 seconds. */
  sessionTimeout?: SessionTimeout | undefined
  /** How many sessions one user may have. Default 1. */
  sessionsPerUser?: number | undefined
  /** When a user has as many: the oldest goes, or there is no new one. Default 'replace'. */
  whenFull?: 'replace' | 'refuse' | undefined
}

/** Options as they may be given: in either spelling, with those of plug-ins. */
export type GivenManagerOptions = ManagerOptions | (ManagerOptions & PluginOptions)

/** What the options come to. */
export interface ManagerPlan {
  /** One that is open already, or what to open and the folder that must be there for it. */
  readonly store: SessionStore | { readonly options: SessionOptions; readonly folder: string | undefined }
  /** Seconds, 0 = for ever; `undefined`: not said. */
  readonly sessionTimeout: number | undefined
  readonly limit: number
  readonly whenFull: 'replace' | 'refuse'
}

const NAMES = ['backend', 'storageDir', 'store', 'sessionTimeout', 'sessionsPerUser', 'whenFull'] as const

/** @throws InvalidOptionError, InvalidTimeError */
export function readManagerOptions(given: GivenManagerOptions): ManagerPlan {
  const { own, others } = takeNames(given, NAMES)
  return {
    store: readStore(own, readOptions(others)),
    sessionTimeout: readSessionTimeout(own['sessionTimeout']),
    limit: readLimit(own['sessionsPerUser']),
    whenFull: oneOf('whenFull', own['whenFull'], ['replace', 'refuse']),
  }
}

function readStore(own: PluginOptions, options: SessionOptions & PluginOptions): ManagerPlan['store'] {
  const { store, storageDir } = own
  // What is false in Perl is the default.
  const backend = own['backend'] || undefined
  if ([store, options.type, backend].filter((given) => given !== undefined).length > 1) {
    throw new InvalidOptionError('The options backend, type and store exclude one another: give one of them')
  }
  if (store !== undefined) {
    if (!(store instanceof SessionStore))
      throw new InvalidOptionError('Option store must be an open SessionStore')
    const [other] = Object.keys({ ...options, ...(storageDir !== undefined && { storageDir }) })
    if (other === undefined) return store
    throw new InvalidOptionError(`Option ${other} comes too late for a store that is open already`)
  }
  if (options.type === undefined) return readBackend(backend, storageDir, options)
  if (storageDir === undefined) return { options, folder: undefined }
  throw new InvalidOptionError('Option storageDir goes with backend; a type has dataSource, directory …')
}

/** As Concierge::Sessions names its backends: by what they are, by the module, or by its whole name. */
const BACKENDS: readonly (readonly [RegExp, (folder: string) => SessionOptions])[] = [
  [
    /^(?:database|(?:Concierge::Sessions::)?SQLite)$/i,
    (folder) => ({
      type: 'driver:SQLite;id:SHA1;serialize:JSON;layout:Concierge',
      dataSource: join(folder, 'sessions.db'),
      tableLayout: 'Concierge',
    }),
  ],
  [
    /^(?:Concierge::Sessions::)?File$/i,
    (folder) => ({
      type: 'driver:File;id:SHA1;serialize:JSON;layout:Concierge',
      directory: folder,
      fileName: '%s',
      umask: 0o600,
    }),
  ],
]

function readBackend(backend: unknown, folder: unknown, options: SessionOptions): ManagerPlan['store'] {
  const name = backend === undefined ? 'database' : typeof backend === 'string' ? backend : inspect(backend)
  const [, optionsIn] = BACKENDS.find(([pattern]) => pattern.test(name)) ?? []
  if (!optionsIn) {
    throw new InvalidOptionError(
      `Failed to initialize backend ${name}: there are 'database' and 'file'. For any other store give its type`,
    )
  }
  if (typeof folder !== 'string' || folder === '') {
    throw new InvalidOptionError(
      `Failed to initialize backend ${name}: option storageDir must say which folder the sessions are in`,
    )
  }
  return { options: { shared: true, ...optionsIn(folder), ...options }, folder }
}

function readLimit(given: unknown): number {
  if (given === undefined) return 1
  const limit = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given
  if (limit === Infinity || (Number.isSafeInteger(limit) && (limit as number) > 0)) return limit as number
  throw new InvalidOptionError('Option sessionsPerUser must be a whole number from 1 on, or Infinity')
}
