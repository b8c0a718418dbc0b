import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { mysqlDialect } from '../src/mysql/dialect.ts'
import { ServerDriver } from '../src/sql/server-driver.ts'

/**
 * `driver:mysql`: a table in MySQL or MariaDB with a row for each session, which Data::Session and CGI::Session can use
 * at the same time. By the package `mysql2`.
 *
 * Options:
 * - `dataSource`: `dbi:mysql:database=…;host=…;port=…;mysql_socket=…` or `mysql://user:password@host/database`.
 * - `username`, `password`, `host`, `port`, and `socket`, the path of a Unix socket, go before what `dataSource` says.
 * - `dataSourceAttrs`: further settings of mysql2's `createConnection`; `connectionLimit` (8) is how many connections
 *   there may be.
 * - `dbh`: instead of all that a pool or a connection of `mysql2` or `mysql2/promise`, or a function that returns one.
 *   It is used and not closed.
 * - `tableName` ('sessions', or `database.table`), `idColName` ('id'), `dataColName` ('a_session'). A table that is not
 *   there is made.
 * - `expiresColName` ('expires'): the column, of type bigint, that the driver keeps the time of expiry in, as seconds
 *   since 1970. Tables made by this driver have it. Without it there is no `touch` and no `purge`.
 * - `shared`: a Perl program writes the same table. It knows nothing of `expires`, so nothing is read from there.
 * - `mustExist`: nothing is made; no table is a `MissingStorageError`.
 * - `lockName`, with `shared`: each write holds the lock of this name (GET_LOCK), with `%s` for the id. Apache::Session's
 *   is 'Apache-Session-%s'. Default: none.
 * - `timeout`: how long one call may take, in milliseconds. Default 5000.
 */
@injectable()
export default class Mysql extends ServerDriver {
  constructor(@inject(Options) options: PluginOptions, @inject(Clock) clock: Clock) {
    super(mysqlDialect, options, clock)
  }
}
