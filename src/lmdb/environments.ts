import { realpathSync, statSync } from 'node:fs'
import { InvalidOptionError } from '../errors.ts'
import { loadPackage } from '../load-package.ts'
import type { Database, DatabaseClass, LmdbModule, RootDatabase } from './client.ts'
import { checkFile } from './file-check.ts'
import { dataFile, type Location, makeFiles, permissionsMode } from './location.ts'

/** An open file. A process opens each only once. */
export interface Environment {
  readonly root: RootDatabase
  /** The database of this name, without waiting for a lock; `undefined` if there is none yet. */
  find(name: string, form: object): Database | undefined
  /** The user has opened it. */
  readonly isForeign: boolean
}

interface Shared extends Environment {
  readonly fsync: boolean
  users: number
}

/** Those that drivers of this process have open, by device and inode of the file. */
const shared = new Map<string, Shared>()

/** Two databases for each name of a table, and those of others. */
const maxDbs = 128

/** How many writes LMDB lets come in before it begins with them, if the turn of the event loop is not over before. */
const writesAtOnce = 1000

/**
 * Opens the file, or joins those who have it open. The file and its folder are made when they are not there.
 *
 * @returns the environment, and how to leave it
 * @throws StorageError
 */
export async function enter(
  location: Location,
  fsync: boolean,
): Promise<{ environment: Environment; leave: () => Promise<void> }> {
  const lmdb = await loadPackage(
    'lmdb',
    'LMDB',
    () => import('lmdb') as Promise<unknown> as Promise<LmdbModule>,
  )
  // From here on nothing else happens in between, so that two stores opened at once find each other.
  makeFiles(location)
  const file = dataFile(location)
  const { dev, ino } = statSync(file, { bigint: true })
  const key = `${dev}:${ino}`
  const environment = shared.get(key) ?? open(lmdb, location, fsync)
  if (environment.fsync !== fsync) {
    throw new InvalidOptionError(
      `${file} is open in this process already, with another value of the option fsync`,
    )
  }
  environment.users += 1
  shared.set(key, environment)
  const leave = async (): Promise<void> => {
    environment.users -= 1
    if (environment.users > 0) return
    shared.delete(key)
    await environment.root.close()
  }
  return { environment, leave }
}

function open(lmdb: LmdbModule, { path, isFolder }: Location, fsync: boolean): Shared {
  // LMDB finds the file of locks by this path: by the real one all processes find the same.
  const realPath = realpathSync(path)
  checkFile(dataFile({ path: realPath, isFolder }))
  const Class = withoutWaiting(
    lmdb.openAsClass(realPath, {
      noSubdir: !isFolder,
      overlappingSync: false,
      noSync: !fsync,
      // What is written in one turn of the event loop has one commit all the same. With it a commit that fails leaves a
      // rejected promise that nobody can reach, and so ends the process.
      eventTurnBatching: false,
      txnStartThreshold: writesAtOnce,
      maxDbs,
      permissionsMode,
    }),
  )
  const find = (name: string, form: object): Database | undefined => findDatabase(Class, name, form)
  const root = new Class(null, { isRoot: true, create: false, encoding: 'binary', keyEncoding: 'binary' })
  return { root, find, isForeign: false, fsync, users: 0 }
}

/**
 * Databases of this class are opened in a transaction that only reads. The package would take the write lock, and stop
 * the event loop for as long as another process holds it.
 */
function withoutWaiting(Class: DatabaseClass): DatabaseClass {
  return class extends Class {
    override transactionSync<T>(work: () => T): T {
      this.resetReadTxn()
      this.ensureReadTxn()
      return work()
    }
  }
}

function findDatabase(Class: DatabaseClass, name: string, form: object): Database | undefined {
  try {
    return new Class(name, { ...form, create: false })
  } catch (error) {
    if (error instanceof Error && error.message === 'Database not found') return undefined
    throw error
  }
}
