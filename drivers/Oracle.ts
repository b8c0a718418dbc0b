import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { OracleDialect } from '../src/oracle/dialect.ts'
import { ServerDriver } from '../src/sql/server-driver.ts'

/**
 * `driver:Oracle`: a table in Oracle with a row for each session, which Data::Session and CGI::Session can use at the
 * same time. By the package `oracledb`, in its thin mode. **It has not been tested with an Oracle server**, only with
 * recorded answers: see docs/drivers/Oracle.md.
 *
 * Options:
 * - `dataSource`: `dbi:Oracle:host=…;port=…;sid=…` (or `service_name=…`), `dbi:Oracle://host:port/service`,
 *   `dbi:Oracle:NAME` with a name of tnsnames.ora, or `oracle://user:password@host:port/service`.
 * - `username`, `password`, `host` and `port` go before what `dataSource` says.
 * - `dataSourceAttrs`: further settings of oracledb's `getConnection`, such as `connectString` or `configDir`;
 *   `poolMax` (8) is how many connections there may be.
 * - `dbh`: instead of all that a pool or a connection of `oracledb`, or a function that returns one. It is used and not
 *   closed. Each write commits.
 * - `tableName` ('sessions', or `schema.table`), `idColName` ('id'), `dataColName` ('a_session'): as they are, or else
 *   in capitals, as Oracle keeps what was written without quotes. A table that is not there is made.
 * - `expiresColName` ('expires'): the column, of type number, that the driver keeps the time of expiry in, as seconds
 *   since 1970. Tables made by this driver have it. Without it there is no `touch` and no `purge`.
 * - `shared`: a Perl program writes the same table. It knows nothing of `expires`, so nothing is read from there.
 * - `timeout`: how long one call may take, in milliseconds. Default 5000.
 */
@injectable()
export default class Oracle extends ServerDriver {
  constructor(@inject(Options) options: PluginOptions, @inject(Clock) clock: Clock) {
    super(new OracleDialect(), options, clock)
  }
}
