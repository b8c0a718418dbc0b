import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { OdbcDialect } from '../src/odbc/dialect.ts'
import { ServerDriver } from '../src/sql/server-driver.ts'

/**
 * `driver:ODBC`: a table with a row for each session in any database that has an ODBC driver, which Data::Session and
 * CGI::Session can use at the same time. By the package `odbc`, over unixODBC.
 *
 * Options:
 * - `dataSource`: `dbi:ODBC:shop` with the name of a data source, or `dbi:ODBC:DRIVER=…;…` with all that ODBC is to
 *   know; without `dbi:ODBC:` too, as `DSN=shop` or `DRIVER=…;…`.
 * - `username`, `password`, `host` and `port` go before what `dataSource` says.
 * - `dataSourceAttrs`: `connectionString` instead of a `dataSource`; `maxSize` is how many connections there may be.
 *   Default, and most that is of use: 3, or one less than the environment variable `UV_THREADPOOL_SIZE`.
 * - `dbh`: instead of all that a pool or a connection of `odbc`, or a function that returns one. It is used and not
 *   closed.
 * - `tableName` ('sessions', or `schema.table`), `idColName` ('id'), `dataColName` ('a_session'). A table that is not
 *   there is made.
 * - `expiresColName` ('expires'): the column, of type bigint, that the driver keeps the time of expiry in, as seconds
 *   since 1970. Tables made by this driver have it. Without it there is no `touch` and no `purge`.
 * - `pgText`, `pgBytea`: as for `driver:Pg`, if there is a PostgreSQL.
 * - `shared`: a Perl program writes the same table. It knows nothing of `expires`, so nothing is read from there.
 * - `timeout`: how long one call may take, in milliseconds. Default 5000.
 */
@injectable()
export default class Odbc extends ServerDriver {
  constructor(@inject(Options) options: PluginOptions, @inject(Clock) clock: Clock) {
    super(new OdbcDialect(), options, clock)
  }
}
