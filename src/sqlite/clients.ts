import { createRequire } from 'node:module'
import { InvalidOptionError, MissingPackageError } from '../errors.ts'
import type { Database } from './connection.ts'

export type OpenDatabase = (path: string) => Database

/** What this Node offers to choose from; a test may pretend that it is another. */
export interface Host {
  /** `process.version` */
  readonly node: string
  /** `process.versions.napi` */
  readonly napi: number
  /** A module that is part of Node, or undefined. */
  builtin(name: string): unknown
  /** An installed package; throws when there is none. */
  require(name: string): unknown
}

const thisHost: Host = {
  node: process.version,
  napi: Number(process.versions.napi),
  // Not import: vite takes the prefix node: away, and there is no module called just sqlite.
  builtin: (name) => process.getBuiltinModule(name),
  require: createRequire(import.meta.url),
}

type DatabaseClass = new (path: string) => Database

/** By preference. Each answers with its class of databases, or throws what is in the way. */
const clients: Readonly<Record<string, (host: Host) => DatabaseClass>> = {
  'node:sqlite': (host) => {
    const module = host.builtin('node:sqlite') as { DatabaseSync: DatabaseClass } | undefined
    if (!module) throw new Error(`node:sqlite is part of Node from 22.13 on, and this is Node ${host.node}`)
    return module.DatabaseSync
  },

  'better-sqlite3': (host) => {
    const { version } = installed(host, 'better-sqlite3/package.json') as { version: string }
    if (Number.parseInt(version, 10) >= 13 && host.napi < 10) {
      // It would end the process with a segmentation fault at the first database.
      throw new Error(`better-sqlite3 ${version} needs Node 22.14 or newer, and this is Node ${host.node}`)
    }
    const Database = installed(host, 'better-sqlite3') as DatabaseClass
    // Only a database loads the binary, which may be missing where install scripts are not run.
    new Database(':memory:').close()
    return Database
  },

  libsql: (host) => installed(host, 'libsql') as DatabaseClass,
}

/**
 * How to open a database with the client that the option `sqliteClient` asks for, or else with the first one there is.
 * Nothing is loaded before this is called.
 *
 * @throws MissingPackageError when there is none, naming what to install for this Node
 */
export function loadClient(wanted: unknown, host: Host = thisHost): OpenDatabase {
  if (wanted !== undefined && (typeof wanted !== 'string' || !Object.hasOwn(clients, wanted))) {
    throw new InvalidOptionError(`sqliteClient must be one of ${Object.keys(clients).join(', ')}`)
  }
  const names = wanted === undefined ? Object.keys(clients) : [wanted]
  const obstacles: string[] = []
  for (const name of names) {
    try {
      const Database = clients[name]!(host)
      return (path) => new Database(path)
    } catch (error) {
      obstacles.push(error instanceof Error ? error.message : String(error))
    }
  }
  const remedy =
    wanted === undefined
      ? `Install one with: npm install ${host.napi >= 10 ? 'better-sqlite3' : 'libsql'}`
      : 'Choose another sqliteClient, or leave that option out'
  throw new MissingPackageError(
    `There is no ${wanted ?? 'SQLite client'} to be had: ${obstacles.join('; ')}. ${remedy}`,
  )
}

function installed(host: Host, name: string): unknown {
  const [packageName = name] = name.split('/')
  try {
    return host.require(name)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`)) {
      throw new Error(`${packageName} is not installed`, { cause })
    }
    throw new Error(`${packageName} cannot be loaded (${message.split('\n', 1)[0]})`, { cause })
  }
}
