import { parseDuration } from '../../duration.ts'
import { InvalidOptionError, InvalidTimeError } from '../../errors.ts'
import { LONGEST_ID } from './new-id.ts'
import type { HashOptions } from './options.ts'

const SHORTEST_ID = 16

/** What an option says or, without it, a variable of the environment. */
export interface Limits {
  readonly idLength: number
  readonly maxAttempts: number
  /** Of a new session, in seconds. */
  readonly usualLifetime: number
  readonly secret: string
}

/** @throws InvalidOptionError for a value that cannot be, naming where it comes from */
export function readLimits(options: HashOptions, env: NodeJS.ProcessEnv): Limits {
  const { idLength, maxAttempts, secret } = options
  return {
    idLength: valueOf({ idLength }, env, 'SESSION_ID_LENGTH', SHORTEST_ID, readLength),
    maxAttempts: valueOf({ maxAttempts }, env, 'SESSION_MAX_ATTEMPTS', 5, readAttempts),
    usualLifetime: valueOf({}, env, 'SESSION_LIFETIME', 3600, parseDuration),
    secret: secret ?? env['SESSION_SECRET'] ?? '',
  }
}

/** @param option its name and value, which may be undefined */
function valueOf(
  option: Readonly<Record<string, number | undefined>>,
  env: NodeJS.ProcessEnv,
  variable: string,
  usual: number,
  read: (text: string) => number,
): number {
  for (const [name, value] of Object.entries(option)) {
    if (value !== undefined) return checked(`option '${name}'`, String(value), read)
  }
  const text = env[variable]
  return text === undefined || text === '' ? usual : checked(`the environment's ${variable}`, text, read)
}

function checked(name: string, text: string, read: (text: string) => number): number {
  try {
    return read(text)
  } catch (cause) {
    if (!(cause instanceof InvalidTimeError || cause instanceof RangeError)) throw cause
    throw new InvalidOptionError(`Wrong value of ${name}: ${cause.message}`, { cause })
  }
}

function readLength(text: string): number {
  const length = wholeNumber(text)
  if (length >= SHORTEST_ID && length <= LONGEST_ID) return length
  throw new RangeError(
    `an id has ${SHORTEST_ID} to ${LONGEST_ID} hexadecimal digits, not ${text}; shorter ones can be guessed`,
  )
}

function readAttempts(text: string): number {
  const count = wholeNumber(text)
  if (count >= 1) return count
  throw new RangeError(`there is at least one attempt, not ${text}`)
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new RangeError(`${JSON.stringify(text)} is not a whole number`)
}
