import { closeSync, existsSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginOptions } from '../../contracts/services.ts'
import { InvalidOptionError, MissingStorageError } from '../../errors.ts'
import type { SessionOptions } from '../../options.ts'
import { parseCgiSessionType } from '../../cgi-session-type.ts'
import { parsePerlDataSource } from '../../sql/data-source.ts'
import { parseTypeString } from '../../type-string.ts'

/** Where a store is, as a driver wants to be told. */
export interface Place {
  readonly driver: string
  readonly options: SessionOptions & PluginOptions
}

const drivers: readonly (readonly [scheme: RegExp, driver: string])[] = [
  [/^postgres(?:ql)?:/i, 'Pg'],
  [/^(?:mysql|mariadb):/i, 'mysql'],
  [/^(?:redis|rediss|valkey|valkeys|unix|redis\+\w+|valkey\+\w+):/i, 'Redis'],
  [/^memcached?:/i, 'Memcached'],
]

const dialects: Readonly<Record<string, string>> = {
  sqlite: 'SQLite',
  pg: 'Pg',
  pgpp: 'Pg',
  mysql: 'mysql',
  mariadb: 'mysql',
  odbc: 'ODBC',
  oracle: 'Oracle',
}

/**
 * Where a store is: as somebody says, else as the options do, and with the driver of a type string among them.
 *
 * @throws InvalidOptionError, MissingStorageError
 */
export function placeOf(
  where: string | undefined,
  given: SessionOptions & PluginOptions,
  directory: string,
): Place {
  const { type = '' } = given
  const { driver } = parseCgiSessionType(type) ?? parseTypeString(type)
  const named = where ?? given.directory ?? given.dataSource
  if (named === undefined && driver === undefined) {
    throw new InvalidOptionError(
      'Where is the store? Name a folder, a database file, a URL, or a data source',
    )
  }
  if (driver === undefined) return locate(named ?? '', directory)
  if (where === undefined) return { driver, options: {} }
  const isFile = driver.toLowerCase() === 'file'
  return { driver, options: isFile ? { directory: where } : { dataSource: where } }
}

/** Tells by a path, a URL or a data source of Perl which driver opens it. */
function locate(where: string, directory: string): Place {
  const perl = parsePerlDataSource(where)
  if (perl) {
    const driver = dialects[perl.dialect.toLowerCase()] ?? perl.dialect
    return { driver, options: { dataSource: where } }
  }
  if (/^file:/i.test(where)) return locatePath(fileURLToPath(where))
  const driver = drivers.find(([scheme]) => scheme.test(where))?.[1]
  if (driver !== undefined) return { driver, options: { dataSource: where } }
  const [scheme] = /^[a-z][\w+.-]+:\/\//i.exec(where) ?? []
  if (scheme !== undefined) {
    throw new InvalidOptionError(`${scheme}… is no URL of a store. Say with --type which driver opens it`)
  }
  return locatePath(resolve(directory, where))
}

function locatePath(path: string): Place {
  const stats = statusOf(path)
  if (stats.isDirectory()) {
    return existsSync(join(path, 'data.mdb'))
      ? { driver: 'LMDB', options: { dataSource: path } }
      : { driver: 'File', options: { directory: path } }
  }
  if (stats.isSocket()) return { driver: 'Redis', options: { dataSource: path } }
  const driver = driverOfFile(path)
  if (driver !== undefined) return { driver, options: { dataSource: path } }
  throw new InvalidOptionError(
    `${path} is no database that is known. If it is the file of a session, give its folder: ${dirname(path)}`,
  )
}

function statusOf(path: string): Stats {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats) return stats
  throw new MissingStorageError(`There is nothing at ${path}`)
}

const sqlite = Buffer.from('SQLite format 3\0')
/** Berkeley DB's, of a hash and of a tree, at byte 12, and of the old versions 1.85 at byte 0. */
const berkeley = new Set([0x061561, 0x053162])
/** LMDB's, at byte 16, in the order of the machine's bytes. */
const lmdb = 0xbeefc0de

function driverOfFile(path: string): string | undefined {
  const start = Buffer.alloc(20)
  const file = openSync(path, 'r')
  try {
    readSync(file, start, 0, start.length, 0)
  } finally {
    closeSync(file)
  }
  if (start.subarray(0, sqlite.length).equals(sqlite)) return 'SQLite'
  if (start.readUInt32LE(16) === lmdb || start.readUInt32BE(16) === lmdb) return 'LMDB'
  const numbers = [0, 12].flatMap((at) => [start.readUInt32LE(at), start.readUInt32BE(at)])
  return numbers.some((number) => berkeley.has(number)) ? 'BerkeleyDB' : undefined
}
