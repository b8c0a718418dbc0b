import { existsSync } from 'node:fs'
import { removeInBatches } from '../src/batches.ts'
import type { Awaitable } from '../src/contracts/awaitable.ts'
import type { ConditionalResult, Driver, IdsOptions, Image, StoredImage } from '../src/contracts/driver.ts'
import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { ClosedError, InvalidIdError, InvalidOptionError, MissingStorageError } from '../src/errors.ts'
import { inject, injectable } from '../src/inject.ts'
import { oneOf } from '../src/one-of.ts'
import { listByPages } from '../src/pages.ts'
import { readTableNames, type TableNames } from '../src/sql/table-names.ts'
import { loadClient } from '../src/sqlite/clients.ts'
import { type Connection, connectionTo, handedIn } from '../src/sqlite/connection.ts'
import { openingError } from '../src/sqlite/failures.ts'
import { firstId, firstPlace, readExpiredIds, readIds } from '../src/sqlite/listing.ts'
import { locateDatabase } from '../src/sqlite/location.ts'
import { conciergeTableSql } from '../src/sqlite/concierge-table.ts'
import { openStatements, type TableLayout } from '../src/sqlite/open-statements.ts'
import { Patience } from '../src/sqlite/patience.ts'
import { applySettings, closeDatabase, type Settings } from '../src/sqlite/settings.ts'
import type { ExpiryStatements, Statements } from '../src/sqlite/statements.ts'
import { sqliteTableSql } from '../src/sqlite/table.ts'
import { expiryIn, storedExpiry } from '../src/stored-expiry.ts'

/**
 * `driver:SQLite`: a table with a row for each session, which Data::Session, CGI::Session and this library can use at
 * the same time.
 *
 * Options:
 * - `dataSource`: the path of the database, `:memory:`, a `file:` URL or `dbi:SQLite:dbname=…`. The file is made when
 *   it is not there, its folder is not.
 * - `dbh`: instead of that an open database of `node:sqlite`, `better-sqlite3` or `libsql`, or a function that returns
 *   one. It is used as it is set up, and not closed.
 * - `tableName` ('sessions', or `schema.table`), `idColName` ('id'), `dataColName` ('a_session'). A table that is not
 *   there is made.
 *   One with the columns of Concierge::Sessions is used with `serialize:JSON;layout:Concierge`.
 * - `tableLayout`: 'image', the default, or 'Concierge': a table that is made has those columns.
 * - `expiresColName` ('expires'): the column that the driver keeps the time of expiry in, as seconds since 1970. Tables
 *   made by this driver have it. Without it, when it is not one for numbers, and in tables without rowid, there is no
 *   `touch` and no `purge`.
 * - `shared`: a Perl program writes the same table. It knows nothing of that column, so nothing is read from there,
 *   and the journal mode of a file that is there already stays as it is.
 * - `mustExist`: nothing is made, and the journal mode stays as it is; no file or no table is a `MissingStorageError`.
 * - `fsync`: each write has reached the disk before it is answered. Default false: a write survives the end of the
 *   process, but the last ones may be lost when the machine loses power; the database stays whole either way.
 * - `timeout`: how long to wait for a lock that somebody else holds, in milliseconds. Default 5000.
 * - `sqliteClient`: 'node:sqlite', 'better-sqlite3' or 'libsql'. Default the first that there is. One process must not
 *   have a file open with two of them: they do not see each other's locks.
 */
@injectable()
export default class SQLite implements Driver {
  /** From `open` on, if the table has the column and nobody else writes it. */
  touch?: (id: string, lifetime: number | undefined) => Awaitable<boolean>
  /** From `open` on, if the table has the owners in a column. */
  idsOf?: (owner: string) => AsyncIterable<string>
  /** As `touch`. */
  purge?: (now: number) => Promise<number>

  readonly #names: TableNames
  readonly #settings: Settings
  readonly #tableLayout: TableLayout
  /** Of a database of our own. */
  readonly #path: string | undefined
  /** What messages call the database. */
  readonly #called: string
  readonly #patience: Patience
  #own: Connection | undefined
  #statements: Statements | undefined

  constructor(
    @inject(Options) private readonly options: PluginOptions,
    @inject(Clock) private readonly clock: Clock,
  ) {
    const { dbh, dataSource, timeout = 5000, fsync, shared, mustExist } = options
    if (typeof timeout !== 'number' || !(timeout >= 0)) {
      throw new InvalidOptionError('timeout must be a number of milliseconds, 0 or more')
    }
    this.#names = readTableNames(options)
    this.#settings = { fsync: fsync === true, shared: shared === true, mustExist: mustExist === true }
    this.#tableLayout = oneOf('tableLayout', options.tableLayout, ['image', 'Concierge'])
    this.#path = dbh ? undefined : locateDatabase(dataSource)
    this.#called = this.#path === undefined ? 'The SQLite database' : `SQLite database ${this.#path}`
    this.#patience = new Patience(this.#called, timeout)
  }

  async open(): Promise<void> {
    const connection = this.#path === undefined ? await handedIn(this.options.dbh) : this.#openOwn(this.#path)
    try {
      await this.#patience.try(() => {
        if (this.#own) applySettings(this.#own, this.#settings)
        this.#statements = openStatements(connection, this.#names, {
          mustExist: this.#settings.mustExist,
          tableLayout: this.#tableLayout,
        })
      })
    } catch (error) {
      this.close()
      throw error
    }
    const { expiry, idsOf } = this.#ready
    if (idsOf) {
      this.idsOf = (owner) =>
        listByPages(owner, async (of) => ({ ids: await this.#try(() => idsOf(of)), next: undefined }))
    }
    if (expiry && !this.#settings.shared) {
      this.touch = (id, lifetime) => this.#touch(expiry, id, lifetime)
      this.purge = (now) => this.#purge(expiry, now)
    }
  }

  /** SQLite keeps text as UTF-8, in which half a surrogate pair has no form. */
  checkId(id: string): void {
    if (/\p{Surrogate}/u.test(id)) {
      throw new InvalidIdError(`SQLite cannot keep an id with half a character: ${JSON.stringify(id)}`)
    }
  }

  retrieve(id: string): Awaitable<StoredImage | undefined> {
    return this.#try(({ retrieve }) => {
      const row = retrieve.get(id) as { image: Image; expires: unknown } | undefined
      if (!row) return undefined
      const { image, expires } = row
      // Without touch the column does not count.
      return this.touch ? { image, expires: expiryIn(expires) } : { image }
    })
  }

  store(id: string, image: Image, lifetime: number | undefined): Awaitable<void> {
    return this.#try(({ store }) => {
      store.run(id, image, ...this.#expires(lifetime))
    })
  }

  create(id: string, image: Image, lifetime: number | undefined): Awaitable<boolean> {
    return this.#try(({ create }) => changed(create.run(id, image, ...this.#expires(lifetime))))
  }

  replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult> {
    return this.#try(({ replace }) =>
      changed(replace.run(image, ...this.#expires(lifetime), id, expected)) ? 'done' : this.#whyNot(id),
    )
  }

  remove(id: string): Awaitable<boolean> {
    return this.#try(({ remove }) => changed(remove.run(id)))
  }

  removeIf(id: string, expected: Image): Awaitable<ConditionalResult> {
    return this.#try(({ removeIf }) => (changed(removeIf.run(id, expected)) ? 'done' : this.#whyNot(id)))
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    const { expiry } = this.#ready
    if (expiredBefore === undefined || !expiry || this.#settings.shared) {
      return listByPages(firstId, (from) => this.#try((statements) => readIds(statements, from)))
    }
    return listByPages(firstPlace, (from) => this.#try(() => readExpiredIds(expiry, expiredBefore, from)))
  }

  tableSql(): readonly string[] {
    return this.#tableLayout === 'Concierge' ? conciergeTableSql(this.#names) : sqliteTableSql(this.#names)
  }

  close(): void {
    const own = this.#own
    this.#own = undefined
    this.#statements = undefined
    if (own) closeDatabase(own)
  }

  #openOwn(path: string): Connection {
    if (this.#settings.mustExist && path !== ':memory:' && !existsSync(path)) {
      throw new MissingStorageError(`There is no ${this.#called}`)
    }
    const open = loadClient(this.options.sqliteClient)
    try {
      this.#own = connectionTo(open(path))
    } catch (error) {
      throw openingError(this.#called, path, error)
    }
    return this.#own
  }

  get #ready(): Statements {
    if (!this.#statements) throw new ClosedError(this.#called)
    return this.#statements
  }

  #try<T>(work: (statements: Statements) => T): Awaitable<T> {
    return this.#patience.try(() => work(this.#ready))
  }

  #whyNot(id: string): 'absent' | 'changed' {
    return this.#exists(id) ? 'changed' : 'absent'
  }

  #exists(id: string): boolean {
    return this.#ready.exists.get(id) !== undefined
  }

  #touch({ touch }: ExpiryStatements, id: string, lifetime: number | undefined): Awaitable<boolean> {
    const expires = storedExpiry(this.clock, lifetime)
    return this.#try(() => changed(touch.run(expires, id, expires)) || this.#exists(id))
  }

  #purge({ purge }: ExpiryStatements, now: number): Promise<number> {
    return removeInBatches((limit) => this.#try(() => Number(purge.run(now, limit).changes)))
  }

  /** The value for the column, if there is the column. Somebody else's writes would not move it: then nothing. */
  #expires(lifetime: number | undefined): (number | null)[] {
    if (!this.#ready.expiry) return []
    return [this.#settings.shared ? null : storedExpiry(this.clock, lifetime)]
  }
}

function changed({ changes }: { changes: number | bigint }): boolean {
  return Number(changes) > 0
}
