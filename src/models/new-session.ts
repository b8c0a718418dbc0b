import { InvalidOptionError } from '../errors.ts'
import { takeNames } from './given-names.ts'
import { readSessionTimeout, type SessionTimeout } from './session-timeout.ts'
import { readUser } from './user-id.ts'

/** What a new session is made of. The names may also be spelled as in Perl. */
export type NewSession<Data> = {
  /** How long it lives after it was saved, instead of what holds for all. */
  sessionTimeout?: SessionTimeout | undefined
  session_timeout?: SessionTimeout | undefined
  /** What it begins with. It is taken, not copied. Default `{}`. */
  data?: Data | undefined
} & ({ userId: string | number } | { user_id: string | number })

const NAMES = ['userId', 'sessionTimeout', 'data'] as const

/** @throws InvalidOptionError, InvalidTimeError */
export function readNewSession(given: unknown): {
  readonly user: string | undefined
  readonly timeout: number | undefined
  readonly data: unknown
} {
  const { own, others } = takeNames(Object(given ?? {}) as object, NAMES)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new InvalidOptionError(`Unknown option '${unknown}'; there are ${NAMES.join(', ')}`)
  }
  return {
    user: readUser(own['userId']),
    timeout: readSessionTimeout(own['sessionTimeout']),
    data: own['data'],
  }
}
