import { randomBytes } from 'node:crypto'
import type { RandomSource } from '../../contracts/services.ts'
import { type Duration, parseDuration } from '../../duration.ts'
import { InvalidOptionError } from '../../errors.ts'
import type { LockOptions } from '../../locks/session-locks.ts'
import { camelCase, refuseSlip } from '../../option-names.ts'
import {
  checkOption,
  isKnown,
  type OptionKind,
  readOptions,
  type SessionOptions,
  uncapitalized,
} from '../../options.ts'
import { SessionStore } from '../../session-store.ts'
import { type Limits, readLimits } from './environment.ts'
import type { AnyStore, ApacheSessionOptions, HashOptions } from './options.ts'

/** What the options and the environment say, checked. */
export interface Settings extends Limits {
  readonly autocommit: boolean
  /** What this call says, for a new session or one that is opened, in seconds; `undefined`: nothing. */
  readonly lifetime: number | undefined
  /** What is said for new sessions, by this call or by the class; `undefined`: nothing. */
  readonly newLifetime: number | undefined
  /** How the session is locked; `undefined`: not at all. */
  readonly lock: LockOptions | undefined
  readonly random: RandomSource
  readonly onError: ((error: unknown) => void) | undefined
  /** Where sessions are, or the options of the store to open. */
  readonly store: SessionStore | SessionOptions
}

/** Apache::Session 1.94's own way: a file for each session, named by its id, written by Storable. */
const DEFAULT_STORE: SessionOptions = {
  type: 'driver:File;id:MD5;serialize:Storable;layout:ApacheSession',
  fileName: '%s',
  storableOrder: 'network',
}

const KINDS = {
  autocommit: 'boolean',
  lifetime: 'any',
  lock: 'any',
  timeout: 'number',
  store: 'object',
  idLength: 'number',
  secret: 'string',
  maxAttempts: 'number',
  random: 'function',
  onError: 'function',
} as const satisfies Record<keyof HashOptions, OptionKind>

/** The store's word for the lifetime of new sessions is this model's, too. */
const ALIASES: Readonly<Record<string, string>> = { IDLength: 'idLength', expire: 'lifetime' }

/** What a store wants to know as well. */
const shared = new Set<string>(['timeout', 'random'])

/** What a hash-style session decides otherwise. */
const REFUSED: Readonly<Record<string, string>> = {
  id: 'open() has the id as its first argument, and new() makes one',
  query: 'open() has the id as its first argument',
  queryClass: 'open() has the id as its first argument',
  adoptUnknownIds: 'open() answers undefined for an unknown id',
}

/**
 * @param ofClass the options that all sessions of a class have
 * @param given those of a call, which are stronger
 * @throws InvalidOptionError, InvalidTimeError
 */
export function readSettings(
  ofClass: ApacheSessionOptions,
  given: ApacheSessionOptions,
  env: NodeJS.ProcessEnv = process.env,
): Settings {
  const [usual, now] = [split(ofClass), split(given)]
  const options: HashOptions = { ...usual.own, ...now.own }
  const ofStore: SessionOptions = { ...usual.ofStore, ...now.ofStore }
  const { store } = options
  return {
    ...readLimits(options, env),
    autocommit: options.autocommit !== false,
    lifetime: secondsOf(now.own.lifetime),
    newLifetime: secondsOf(options.lifetime),
    lock: lockOptions(options),
    onError: options.onError,
    random: options.random ?? randomBytes,
    store: store ? openStoreOf(store, ofStore) : withDefaults(ofStore),
  }
}

/** Tells this model's own options from those of the store. */
function split(given: ApacheSessionOptions): { own: HashOptions; ofStore: SessionOptions } {
  const own: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [spelling, value] of Object.entries(given)) {
    if (value === undefined) continue
    const name = ALIASES[spelling] ?? uncapitalized(camelCase(spelling))
    if (isOwn(name)) own[name] = checkOption(name, KINDS[name], value)
    else assertOfStore(spelling, name)
    if (!isOwn(name) || shared.has(name)) rest[spelling] = value
  }
  return { own, ofStore: readOptions(rest) }
}

function lockOptions({ lock, timeout }: HashOptions): LockOptions | undefined {
  if (typeof lock === 'object' && lock !== null) return { timeout, ...lock }
  return checkOption('lock', 'boolean', lock ?? false) === true ? { timeout } : undefined
}

function secondsOf(lifetime: Duration | undefined): number | undefined {
  return lifetime === undefined ? undefined : parseDuration(lifetime)
}

function isOwn(name: string): name is keyof HashOptions {
  return Object.hasOwn(KINDS, name)
}

function assertOfStore(spelling: string, name: string): void {
  if (Object.hasOwn(REFUSED, name)) {
    throw new InvalidOptionError(`Option '${spelling}' is not for ApacheSession: ${REFUSED[name]}`)
  }
  if (!isKnown(name)) refuseSlip(spelling, name, Object.keys(KINDS))
}

function openStoreOf(store: AnyStore, others: SessionOptions): SessionStore {
  if (!(store instanceof SessionStore)) {
    throw new InvalidOptionError("Option 'store' must be a SessionStore, opened with SessionStore.open")
  }
  const foreign = Object.keys(others).find((name) => !shared.has(name))
  if (foreign === undefined) return store
  throw new InvalidOptionError(`Option '${foreign}' does not go with 'store', which is open already`)
}

function withDefaults(options: SessionOptions): SessionOptions {
  return options.type === undefined ? { ...DEFAULT_STORE, ...options } : options
}
