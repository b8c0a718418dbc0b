import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InvalidOptionError, StorageError } from '../errors.ts'

/** Where LMDB keeps an environment: in one file and one beside it for locks, or in two files of a folder. */
export interface Location {
  /** What LMDB is told: the path of the file or of the folder. */
  readonly path: string
  readonly isFolder: boolean
}

/** The file with the data. */
export function dataFile({ path, isFolder }: Location): string {
  return isFolder ? join(path, 'data.mdb') : path
}

/**
 * Reads the option `dataSource`: the path of a file, or of a folder, which is there or ends with a slash.
 *
 * @throws InvalidOptionError
 */
export function readLocation(dataSource: unknown): Location {
  if (typeof dataSource !== 'string' || dataSource === '') {
    throw new InvalidOptionError(
      "LMDB needs the option dataSource, such as 'sessions.lmdb', or an open database of the package lmdb in the option cache",
    )
  }
  if (dataSource.includes('\0') || /^(?:dbi:|[\w+.-]{2,}:\/\/)/i.test(dataSource)) {
    throw new InvalidOptionError('dataSource must be the path of a file or a folder')
  }
  return { path: resolve(dataSource), isFolder: /[/\\]$/.test(dataSource) || isFolder(dataSource) }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Of both files, less what the umask of the process takes away. */
export const permissionsMode = 0o660

/**
 * Makes the file with its folder, if they are not there, and makes sure that LMDB can open its two files: the package
 * ends the process when it cannot.
 *
 * @throws StorageError
 */
export function makeFiles(location: Location): void {
  const file = dataFile(location)
  const locks = location.isFolder ? join(location.path, 'lock.mdb') : `${file}-lock`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT, permissionsMode))
    // Not opened: with that descriptor the locks would be closed that this process may have there.
    accessSync(existsSync(locks) ? locks : dirname(file), constants.R_OK | constants.W_OK)
    if (existsSync(locks) && !statSync(locks).isFile()) throw new Error(`${locks} is not a regular file`)
  } catch (cause) {
    throw new StorageError(`LMDB file ${file} cannot be opened: ${(cause as Error).message}`, { cause })
  }
}
