import { resolve } from 'node:path'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { textOption } from '../files/file-options.ts'
import type { AccessMethod } from './header.ts'
import { isCache, type Cache } from './cache.ts'

/** Where the records are. */
export type Location =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly home: string; readonly fileName: string }
  | { readonly kind: 'cache'; readonly cache: Cache }

/** What the database in an environment is called if nothing is said. */
const FILE_NAME = 'sessions.db'

/**
 * Reads the options `dataSource`, `directory` and `cache`.
 *
 * @throws InvalidOptionError
 */
export function readLocation(options: PluginOptions): Location {
  const { cache } = options
  const directory = textOption(options, 'directory', '')
  const dataSource = textOption(options, 'dataSource', '')
  if (cache === undefined) {
    if (directory !== '') return environment(directory, dataSource)
    if (dataSource !== '') return file(dataSource)
    throw new InvalidOptionError(
      "BerkeleyDB needs the option dataSource, such as 'sessions.db', or the option directory for an environment, or " +
        'an object with get, put, del and keys in the option cache',
    )
  }
  if (directory !== '' || dataSource !== '') {
    throw new InvalidOptionError('cache says where the sessions are: leave out dataSource and directory')
  }
  if (typeof cache === 'string' && cache !== '') return file(cache)
  if (isCache(cache)) return { kind: 'cache', cache }
  const { home, filename } = Object(cache) as Record<string, unknown>
  if (typeof home === 'string' && home !== '' && (filename === undefined || typeof filename === 'string')) {
    return environment(home, filename ?? '')
  }
  throw new InvalidOptionError(
    'cache must be the path of a Berkeley DB file, { home, filename } for one in an environment, or an object with ' +
      'the methods get, put, del and keys',
  )
}

/** Reads the option `accessMethod`: what a new database becomes. */
export function readAccessMethod({ accessMethod = 'Hash' }: PluginOptions): AccessMethod {
  if (accessMethod !== 'Hash' && accessMethod !== 'Btree') {
    throw new InvalidOptionError(
      `accessMethod must be 'Hash' or 'Btree', not ${JSON.stringify(accessMethod)}`,
    )
  }
  return accessMethod
}

/** The path of the database. */
export function fileOf(location: Exclude<Location, { kind: 'cache' }>): string {
  return location.kind === 'file' ? location.path : resolve(location.home, location.fileName)
}

/** What messages call it. */
export function nameOf(location: Location): string {
  if (location.kind === 'cache') return 'The cache'
  if (location.kind === 'file') return `Berkeley DB file ${location.path}`
  return `Berkeley DB file ${location.fileName} in the environment ${location.home}`
}

function file(path: string): Location {
  return { kind: 'file', path: resolve(exact(path)) }
}

function environment(home: string, fileName: string): Location {
  return { kind: 'environment', home: resolve(exact(home)), fileName: exact(fileName || FILE_NAME) }
}

function exact(path: string): string {
  if (path.includes('\0')) throw new InvalidOptionError(`${JSON.stringify(path)} is no path of a file`)
  return path
}
