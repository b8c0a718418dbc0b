import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { pgDialect } from '../src/pg/dialect.ts'
import { ServerDriver } from '../src/sql/server-driver.ts'

/**
 * `driver:Pg`: a table in PostgreSQL with a row for each session, which Data::Session and CGI::Session can use at the
 * same time. By the package `pg`.
 *
 * Options:
 * - `dataSource`: `dbi:Pg:dbname=…;host=…;port=…` or `postgres://user:password@host/database`.
 * - `username`, `password`, `host`, `port`, and `socket`, the folder of a Unix socket or the socket in it, go before
 *   what `dataSource` says.
 * - `dataSourceAttrs`: further settings of `pg`'s `Client`; `max` (8) is how many connections there may be for
 *   writing. For reading there are up to two more.
 * - `dbh`: instead of all that a `Pool` or a `Client` of `pg`, or a function that returns one. It is used and not closed.
 * - `tableName` ('sessions', or `schema.table`), `idColName` ('id'), `dataColName` ('a_session'). A table that is not
 *   there is made.
 * - `expiresColName` ('expires'): the column that the driver keeps the time of expiry in: as seconds since 1970 in one of
 *   type bigint, or as a timestamp. Tables made by this driver have it. Without it there is no `touch` and no `purge`.
 * - `pgText`, `pgBytea`: of which type the column for the images is. Default: what it is; bytea for a new table.
 * - `shared`: a Perl program writes the same table. It knows nothing of `expires`, so nothing is read from there.
 * - `mustExist`: nothing is made; no table is a `MissingStorageError`.
 * - `timeout`: how long one call may take, in milliseconds. Default 5000.
 */
@injectable()
export default class Pg extends ServerDriver {
  constructor(@inject(Options) options: PluginOptions, @inject(Clock) clock: Clock) {
    super(pgDialect, options, clock)
  }
}
