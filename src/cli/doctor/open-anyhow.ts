import type { PluginOptions } from '../../contracts/services.ts'
import { InvalidOptionError, MissingStorageError } from '../../errors.ts'
import { type OpenStore, openStore } from '../../open-store.ts'
import type { SessionOptions } from '../../options.ts'
import { idsOf } from '../entries.ts'
import type { Place } from './locate.ts'

type Options = SessionOptions & PluginOptions

/** What other programs call their tables and keys, to be tried one after the other. */
const habits: Readonly<Record<string, readonly Options[]>> = {
  table: [
    {},
    // connect-pg-simple
    { tableName: 'session', idColName: 'sid', dataColName: 'sess' },
    // connect-sqlite3, connect-session-knex
    { tableName: 'sessions', idColName: 'sid', dataColName: 'sess' },
    // express-mysql-session; Concierge::Sessions
    { tableName: 'sessions', idColName: 'session_id', dataColName: 'data' },
  ],
  // connect-redis
  key: [{}, { prefix: 'sess:' }],
}

const habitsOf: Readonly<Record<string, 'table' | 'key'>> = {
  SQLite: 'table',
  Pg: 'table',
  mysql: 'table',
  ODBC: 'table',
  Oracle: 'table',
  Redis: 'key',
}

export interface OpenedAnyhow {
  readonly store: OpenStore
  /** What opened it, without a type string. */
  readonly options: Options
}

/**
 * Opens what is at a place, in the first way in which there is a record, to look at its bytes alone.
 *
 * @param given what is known besides, which leaves nothing to try if it says where the records are
 */
export async function openAnyhow(
  { driver, options }: Place,
  given: Options,
  stopped: AbortSignal,
): Promise<OpenedAnyhow> {
  const isSaid = ['tableName', 'idColName', 'dataColName', 'prefix'].some((name) => given[name] !== undefined)
  const ways = isSaid ? [{}] : (habits[habitsOf[driver] ?? ''] ?? [{}])
  let failure: unknown
  let empty: Options | undefined
  for (const way of ways) {
    const all = { ...options, ...given, ...way }
    try {
      const store = await open(driver, all)
      if (await hasRecords(store, stopped)) return { store, options: all }
      await store.records.close()
      empty ??= all
    } catch (error) {
      const isOtherwise = error instanceof MissingStorageError || error instanceof InvalidOptionError
      if (!isOtherwise) throw error
      failure ??= error
    }
  }
  if (!empty) throw failure
  return { store: await open(driver, empty), options: empty }
}

// Ids of MD5 suit the columns of all Perl modules. The serializer is not used.
function open(driver: string, options: Options): Promise<OpenStore> {
  return openStore({ ...options, type: `driver:${driver};id:MD5;serialize:Auto`, mustExist: true })
}

async function hasRecords(store: OpenStore, stopped: AbortSignal): Promise<boolean> {
  const ids = idsOf(store, stopped)
  const { done } = await ids.next()
  await ids.return(undefined)
  return done !== true
}
