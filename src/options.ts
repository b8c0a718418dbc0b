import type { Clock, Logger, PluginOptions, RandomSource } from './contracts/services.ts'
import type { CookieAttributes } from './web/cookie.ts'
import type { QueryLike } from './web/query.ts'
import type { Duration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import { camelCase, refuseSlip } from './option-names.ts'
import type { ParameterExpiry } from './record.ts'
import type { FormatName } from './recognize-format.ts'
import type { Registry } from './registry/registry.ts'

/**
 * What `flush` does when somebody else changed the session since it was loaded.
 * - 'merge': make this session's own changes (parameters set and cleared, lifetimes) to the record that is there now.
 * - 'overwrite': store what this session has in memory; the other's changes are lost. The Perl originals do this.
 * - 'error': throw `ConflictError` and store nothing.
 */
export type ConflictPolicy = 'merge' | 'overwrite' | 'error'

/**
 * The options of `Session.open` and `SessionStore.open`. Each may also be spelled as in Perl (`data_source`).
 * A driver, id generator or serializer may know further options; names that resemble none of these are passed on.
 */
export interface SessionOptions {
  /** The type string. Default `driver:File;id:MD5;serialize:DataDumper`. */
  type?: string | undefined
  /** The id of the session to open; for `id:Static` the id of every session. False values mean none. */
  id?: string | number | undefined
  /** Where to look for an id: an object with `cookie(name)` and/or `param(name)`, a Node request, a Fetch Request. */
  query?: QueryLike | undefined
  /** The class that makes the query object when none is given. Default: one that reads the CGI environment. */
  queryClass?: (new () => QueryLike) | undefined
  /** The name of the cookie or form field that holds the id. Default 'CGISESSID'. */
  name?: string | undefined
  /** Attributes that every cookie of `session.cookie()` gets, such as `{ httpOnly: true, sameSite: 'Lax' }`. */
  cookie?: CookieAttributes | undefined

  /** The idle lifetime of new sessions. Default 0: they never expire. */
  expire?: Duration | undefined
  /** How long after its creation a new session ends, however often it is used. Default 0: never. */
  deadline?: Duration | undefined
  /**
   * How old the stored access time may become before a session that was only read is written, in seconds. Default a
   * tenth of the idle lifetime, at most 60. 0 writes each session that was loaded, as Data::Session does.
   */
  touchAfter?: Duration | undefined
  /** Default 'merge'. */
  onConflict?: ConflictPolicy | undefined
  /** Default 'fixed'; 'sliding' when `shared` is set. */
  parameterExpiry?: ParameterExpiry | undefined
  /**
   * Something else than this library (a Perl application) uses the same store at the same time. Then nothing is kept
   * beside the images, files are written in place under a lock, and parameter lifetimes slide. Default false.
   */
  shared?: boolean | undefined
  /**
   * Opening makes nothing, no folder, no database, no table, and leaves the settings of what is there as they are; what
   * is not there is a `MissingStorageError`. Default false.
   */
  mustExist?: boolean | undefined
  /** Take over an id that came from a client (cookie, form field) and is unknown to the store. Default false. */
  adoptUnknownIds?: boolean | undefined
  /** Drivers, AutoIncrement, `update`, `lock`: how long to wait for others, in milliseconds. Default 5000. */
  timeout?: number | undefined

  /** 0 nothing, 1 warnings, 2 every step and dumps of the session; to standard error or the `logger`. Default 0. */
  verbose?: number | undefined
  /** Default: lines that start with `# ` on standard error. */
  logger?: Logger | undefined
  /** The time in milliseconds. Default `Date.now`. */
  clock?: Clock | undefined
  /** Secure random bytes, for ids. Default: the system's source. */
  random?: RandomSource | undefined
  /** Where plug-ins are looked up. Default: the registry that this package exports. */
  registry?: Registry | undefined

  /**
   * File: the folder of the session files. Default: the system's temporary folder. BerkeleyDB: the folder of an
   * environment. Default: none.
   */
  directory?: string | undefined
  /** File: the pattern of their names, with one `%s` for the id. Default 'cgisess_%s'. */
  fileName?: string | undefined
  /** File, BerkeleyDB, AutoIncrement: the mode of new files, reduced by the process's umask; 0 means the default. Default 0o660. */
  umask?: number | string | undefined
  /** File, BerkeleyDB (a file by itself), AutoIncrement: take no locks. Default false. */
  noFlock?: boolean | undefined
  /** File: a symbolic link in a session's place is never followed, it is an error. Default true. */
  noFollow?: boolean | undefined
  /**
   * File, with `shared`: the folder of Apache::Session's lock files. A session's lock is there then, in
   * `Apache-Session-<id>.lock`, and not at its own file. Default: none.
   */
  lockDirectory?: string | undefined
  /** File, SQLite, BerkeleyDB, LMDB: a write has reached the disk before it is answered. Default false, of LMDB true. */
  fsync?: boolean | undefined
  /** File: levels of subfolders, 0 to 2, for large populations. Default 0. */
  shards?: number | undefined

  /** AutoIncrement: the first id is `idBase + idStep`. Default 0. */
  idBase?: number | string | undefined
  /** AutoIncrement: default 1. */
  idStep?: number | string | undefined
  /** AutoIncrement: the file with the last id. Default 'data.session.id' in the system's temporary folder. */
  idFile?: string | undefined

  /** Drivers of databases: a path, a Perl data source (`dbi:SQLite:dbname=…`) or a URL. */
  dataSource?: string | undefined
  /** Drivers of servers: what the client is opened with besides. */
  dataSourceAttrs?: Readonly<Record<string, unknown>> | undefined
  /** SQL drivers: an open handle, or a function that gives one. It is used and not closed. */
  dbh?: unknown
  username?: string | undefined
  password?: string | undefined
  host?: string | undefined
  port?: number | string | undefined
  socket?: string | undefined
  /** SQL drivers, LMDB: default 'sessions'. */
  tableName?: string | undefined
  /** SQL drivers: default 'id'. */
  idColName?: string | undefined
  /** SQL drivers: default 'a_session'. */
  dataColName?: string | undefined
  /** SQL drivers: the column with the time of expiry, used if the table has it. Default 'expires'. */
  expiresColName?: string | undefined
  /**
   * mysql, with `shared`: each write holds the server's lock (GET_LOCK) of this name, with one `%s` for the id, as
   * 'Apache-Session-%s', which is Apache::Session's. Default: none.
   */
  lockName?: string | undefined
  /**
   * SQLite: what a table is like that is made: with a column for the image, or with the columns of Concierge::Sessions,
   * for `serialize:JSON;layout:Concierge`. Default 'image'.
   */
  tableLayout?: 'image' | 'Concierge' | undefined
  /** SQLite: which client to use. Default: the first that this Node has. */
  sqliteClient?: 'node:sqlite' | 'better-sqlite3' | 'libsql' | undefined

  /** BerkeleyDB: what a new file becomes. Default 'Hash'. */
  accessMethod?: 'Hash' | 'Btree' | undefined

  /** Memory: stores with the same name in one process share their sessions. Default 'default'. */
  memoryName?: string | undefined
  /** Memory: how many sessions to keep; the least recently used go first. Default: no bound. */
  maxSessions?: number | undefined
  /** Memory: how many bytes of images to keep. Default: no bound. */
  maxBytes?: number | undefined

  /**
   * Serializers of Perl's formats, JSON and YAML: what the strings of the store are to the Perl program. Default
   * 'characters', of JSON and YAML 'auto'.
   */
  perlText?: 'auto' | 'characters' | 'utf8' | 'latin1' | undefined
  /**
   * DataDumper, Storable and its wrappers: 'native' reads objects of JSON::PP::Boolean as `true` and `false`, and
   * writes those so. Default 'object'.
   */
  perlBooleans?: 'object' | 'native' | undefined
  /** JSON: 'syck' writes what JSON::Syck reads, for CGI::Session's `json`. Default 'standard'. */
  perlJson?: 'standard' | 'syck' | undefined
  /** Storable and its wrappers: as `freeze` writes new records, or as `nfreeze`. Default 'native', of wrappers 'network'. */
  storableOrder?: 'native' | 'network' | undefined
  /** Auto: the serializer for new records. Default 'DataDumper'. */
  autoFormat?: FormatName | undefined
  /** Auto: write every record in `autoFormat`, not each in its own. Default false. */
  autoConvert?: boolean | undefined
  /** Serializers: how many references may lie inside one another, at most 1000. Default 512. */
  maxDepth?: number | undefined
  /** Serializers: how long a record may be, in bytes. Default 32 MiB. */
  maxImageBytes?: number | undefined

  /** Redis, Memcached: what the keys begin with. Default 'data_session:', of Memcached nothing. */
  prefix?: string | undefined

  /**
   * Redis, Memcached, LMDB: an open client or database, or a function that gives one. BerkeleyDB: the path of a file,
   * `{ home, filename }` for one in an environment, or an object with the methods `get`, `put`, `del` and `keys`. What is
   * handed in is used and not closed.
   */
  cache?: unknown
  /**
   * Memcached: which of several servers has an id, as Perl's Cache::Memcached or as memjs would have it. Default 'perl',
   * with a client in `cache` 'memjs'.
   */
  distribution?: 'perl' | 'memjs' | undefined
  pgBytea?: boolean | undefined
  pgText?: boolean | undefined
  debug?: boolean | number | undefined
}

/** Options as they may be given: those above, in either spelling, and those of plug-ins. */
export type GivenOptions = SessionOptions | (SessionOptions & PluginOptions)

/** What each option must be. The keys are all options that this library knows. */
const KINDS = {
  type: 'string',
  id: 'id',
  query: 'any',
  queryClass: 'function',
  name: 'string',
  cookie: 'object',
  expire: 'any',
  deadline: 'any',
  touchAfter: 'any',
  onConflict: ['merge', 'overwrite', 'error'],
  parameterExpiry: ['fixed', 'sliding'],
  shared: 'boolean',
  mustExist: 'boolean',
  adoptUnknownIds: 'boolean',
  timeout: 'number',
  verbose: 'number',
  logger: 'object',
  clock: 'function',
  random: 'function',
  registry: 'object',
  directory: 'string',
  fileName: 'string',
  umask: 'any',
  noFlock: 'boolean',
  noFollow: 'boolean',
  lockDirectory: 'string',
  fsync: 'boolean',
  shards: 'number',
  idBase: 'any',
  idStep: 'any',
  idFile: 'string',
  dataSource: 'string',
  dataSourceAttrs: 'object',
  dbh: 'any',
  username: 'string',
  password: 'string',
  host: 'string',
  port: 'any',
  socket: 'string',
  tableName: 'string',
  idColName: 'string',
  dataColName: 'string',
  expiresColName: 'string',
  lockName: 'string',
  tableLayout: ['image', 'Concierge'],
  sqliteClient: ['node:sqlite', 'better-sqlite3', 'libsql'],
  accessMethod: ['Hash', 'Btree'],
  memoryName: 'string',
  maxSessions: 'number',
  maxBytes: 'number',
  perlText: ['auto', 'characters', 'utf8', 'latin1'],
  perlBooleans: ['object', 'native'],
  perlJson: ['standard', 'syck'],
  storableOrder: ['native', 'network'],
  autoFormat: 'string',
  autoConvert: 'boolean',
  maxDepth: 'number',
  maxImageBytes: 'number',
  prefix: 'string',
  cache: 'any',
  distribution: ['perl', 'memjs'],
  pgBytea: 'boolean',
  pgText: 'boolean',
  debug: 'any',
} as const satisfies Record<keyof SessionOptions, OptionKind>

/** What an option must be: a type, or one of several words. */
export type OptionKind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'function'
  | 'object'
  | 'id'
  | 'any'
  | readonly string[]

/** Spellings that are not simply the Perl form of a name above. */
const ALIASES: Readonly<Record<string, keyof SessionOptions>> = {
  dataSourceAttr: 'dataSourceAttrs',
  // CGI::Session's and Apache::Session's
  handle: 'dbh',
  User: 'username',
  UserName: 'username',
  UMask: 'umask',
  IDFile: 'idFile',
  IDInit: 'idBase',
  IDIncr: 'idStep',
}

/**
 * The one door where options come in: Perl spellings become camelCase, types are checked, `undefined` counts as left
 * out, and a name that looks like a slip of the pen for a known one is refused.
 *
 * @throws InvalidOptionError
 */
export function readOptions(given: GivenOptions): SessionOptions & PluginOptions {
  const options: Record<string, unknown> = {}
  for (const [spelling, value] of Object.entries(given)) {
    if (value === undefined) continue
    const name = canonicalName(spelling)
    if (name in options && options[name] !== value) {
      throw new InvalidOptionError(`Option '${name}' is given twice, with different values`)
    }
    options[name] = isKnown(name) ? checkOption(name, KINDS[name], value) : value
  }
  return options
}

function canonicalName(spelling: string): string {
  const camel = camelCase(spelling)
  const own = uncapitalized(camel)
  const name = ALIASES[camel] ?? ALIASES[own] ?? own
  if (isKnown(name)) return name
  refuseSlip(spelling, name, Object.keys(KINDS))
  return spelling
}

/** CGI::Session's and Apache::Session's options start with a capital. */
export function uncapitalized(name: string): string {
  return name.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())
}

/** Whether this is the name of an option of the library, in its normal spelling. */
export function isKnown(name: string): name is keyof SessionOptions {
  return Object.hasOwn(KINDS, name)
}

/**
 * The value of an option, as what it must be.
 *
 * @throws InvalidOptionError
 */
export function checkOption(name: string, kind: OptionKind, value: unknown): unknown {
  switch (kind) {
    case 'any':
      return value
    case 'id':
      if (typeof value === 'string' || typeof value === 'number') return value
      break
    case 'boolean':
      // Perl's truth: an option hash carried over says 1, 0 or ''.
      if (typeof value === 'boolean') return value
      if (value === '1' || (typeof value === 'number' && value !== 0)) return true
      if (value === 0 || value === '0' || value === '' || value === null) return false
      break
    case 'number':
      if (typeof value === 'number' && !Number.isNaN(value)) return value
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
      break
    case 'object':
      if (typeof value === 'object' && value !== null) return value
      break
    case 'string':
    case 'function':
      if (typeof value === kind) return value
      break
    default:
      if (typeof value === 'string' && kind.includes(value)) return value
  }
  const wanted =
    typeof kind === 'string'
      ? kind === 'id'
        ? 'string'
        : kind
      : kind.map((word) => `'${word}'`).join(' or ')
  throw new InvalidOptionError(
    `Option '${name}' must be ${/^[aeiou]/.test(wanted) ? 'an' : 'a'} ${wanted}, not ${describe(value)}`,
  )
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : `a ${typeof value}`
}
