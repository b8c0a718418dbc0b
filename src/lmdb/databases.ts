import { InvalidOptionError } from '../errors.ts'
import type { Calls } from './calls.ts'
import type { RootDatabase } from './client.ts'
import type { Environment } from './environments.ts'
import { Records } from './records.ts'

const bytes = { encoding: 'binary', keyEncoding: 'binary', compression: false, cache: false }

/** The two databases of a store, made if they are not there. */
export async function openRecords(
  environment: Environment,
  tableName: string,
  calls: Calls,
): Promise<Records> {
  const { root, isForeign } = environment
  const wanted: [name: string, form: object][] = [
    [tableName, { ...bytes, useVersions: true }],
    [`${tableName}_expires`, bytes],
  ]
  const [sessions, index] = wanted.map(([name, form]) => environment.find(name, form))
  if (sessions && index) return new Records(sessions, index, isForeign)
  return calls.repeat(() =>
    root.transaction(() => {
      const [sessions, index] = wanted.map(([name, form]) => root.openDB(name, form))
      return new Records(sessions!, index!, isForeign)
    }),
  )
}

/**
 * The user's root database, or what a function of the user's gives.
 *
 * @throws InvalidOptionError when it is something else
 */
export async function handedIn(cache: unknown): Promise<Environment> {
  const root: unknown = typeof cache === 'function' ? await (cache as () => unknown)() : cache
  const { openDB, transaction } = Object(root) as Partial<RootDatabase>
  if (typeof openDB !== 'function' || typeof transaction !== 'function') {
    throw new InvalidOptionError(
      'cache must be a database that was opened for writing with open() of the package lmdb, or a function that returns one',
    )
  }
  return { root: root as RootDatabase, find: () => undefined, isForeign: true }
}

/**
 * Reads the option `tableName`.
 *
 * @throws InvalidOptionError
 */
export function readTableName(tableName: unknown = 'sessions'): string {
  if (typeof tableName !== 'string' || tableName === '' || /[\0\p{Surrogate}]/u.test(tableName)) {
    throw new InvalidOptionError('tableName must be a name: some text without NUL characters')
  }
  return tableName
}
