import { randomBytes } from 'node:crypto'
import { type Duration, parseDuration } from '../../duration.ts'
import { InvalidOptionError, InvalidTimeError } from '../../errors.ts'
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
import { type IdRules, LONGEST_ID } from './new-id.ts'
import type { AnyStore, ApacheSessionOptions, HashOptions } from './options.ts'

/** What the options and the environment say, checked. */
export interface Settings extends IdRules {
  readonly autocommit: boolean
  /** What this call says, for a new session or one that is opened, in seconds; `undefined`: nothing. */
  readonly lifetime: number | undefined
  /** What is said for new sessions, by this call or by the class; `undefined`: nothing. */
  readonly newLifetime: number | undefined
  /** The lifetime of a new session when the store says none either. */
  readonly usualLifetime: number
  /** How the session is locked; `undefined`: not at all. */
  readonly lock: LockOptions | undefined
  readonly maxAttempts: number
  readonly onError: ((error: unknown) => void) | undefined
  /** Where sessions are, or the options of the store to open. */
  readonly store: SessionStore | SessionOptions
}

/** Apache::Session 1.94's own way: a file for each session, named by its id, written by Storable. */
export const DEFAULT_STORE: SessionOptions = {
  type: 'driver:File;id:MD5;serialize:Storable;layout:ApacheSession',
  fileName: '%s',
  storableOrder: 'network',
}

const SHORTEST_ID = 16

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
    autocommit: options.autocommit !== false,
    lifetime: secondsOf(now.own.lifetime),
    newLifetime: secondsOf(options.lifetime),
    usualLifetime: fromEnvironment(env, 'SESSION_LIFETIME', 3600, parseDuration),
    lock: lockOptions(options),
    onError: options.onError,
    secret: options.secret ?? env['SESSION_SECRET'] ?? '',
    random: options.random ?? randomBytes,
    idLength:
      options.idLength === undefined
        ? fromEnvironment(env, 'SESSION_ID_LENGTH', SHORTEST_ID, idLength)
        : checked('idLength', options.idLength, idLength),
    maxAttempts:
      options.maxAttempts === undefined
        ? fromEnvironment(env, 'SESSION_MAX_ATTEMPTS', 5, attempts)
        : checked('maxAttempts', options.maxAttempts, attempts),
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

function fromEnvironment<T>(env: NodeJS.ProcessEnv, name: string, usual: T, read: (text: string) => T): T {
  const text = env[name]
  return text === undefined || text === '' ? usual : checked(`the environment's ${name}`, text, read)
}

function checked<Given, T>(name: string, given: Given, read: (given: Given) => T): T {
  try {
    return read(given)
  } catch (cause) {
    if (!(cause instanceof InvalidTimeError || cause instanceof RangeError)) throw cause
    throw new InvalidOptionError(`Wrong value of ${name}: ${cause.message}`, { cause })
  }
}

function idLength(given: number | string): number {
  const length = wholeNumber(given)
  if (length >= SHORTEST_ID && length <= LONGEST_ID) return length
  throw new RangeError(
    `an id has ${SHORTEST_ID} to ${LONGEST_ID} hexadecimal digits, not ${given}; shorter ones can be guessed`,
  )
}

function attempts(given: number | string): number {
  const count = wholeNumber(given)
  if (count >= 1) return count
  throw new RangeError(`there is at least one attempt, not ${given}`)
}

function wholeNumber(given: number | string): number {
  if (/^\d+$/.test(String(given))) return Number(given)
  throw new RangeError(`${JSON.stringify(given)} is not a whole number`)
}
