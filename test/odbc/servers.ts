// The servers of the other SQL drivers, by ODBC.
import Odbc from '../../drivers/ODBC.ts'
import type { Connection } from '../../src/odbc/client.ts'
import type { Service } from '../services/index.ts'
import { type Handle, mariadbServer, postgresServer, type SqlServer } from '../sql/servers.ts'
import { connect, missingForOdbc, odbcDrivers, odbcPackage } from './installed.ts'

const place = ({ port }: Service) => `Server=127.0.0.1;Port=${port}`

export const postgresString = (server: Service): string =>
  `DRIVER=${odbcDrivers.postgres};${place(server)};UID=session;Database=session`

export const mariadbString = (server: Service): string =>
  `DRIVER=${odbcDrivers.mariadb};${place(server)};UID=root;CHARSET=utf8mb4;Database=session`

/** For a handle that the tests look at, and their own statements. */
function handleOn(handle: Connection): Handle {
  return { handle: handle as object, query: (sql) => handle.query(sql, null, {}), end: () => handle.close() }
}

function byOdbc(
  kind: SqlServer,
  database: 'postgres' | 'mariadb',
  stringFor: (server: Service) => string,
  refused: string,
): SqlServer {
  return {
    ...kind,
    Driver: Odbc,
    isMissing: missingForOdbc(database) !== undefined,
    refused,
    // psqlodbc takes back the statement that failed.
    failsOnInTransaction: false,
    options: (server) => ({ dataSource: stringFor(server) }),
    client: async (server) => handleOn(await connect(stringFor(server))),
    pool: async (server) => {
      const connectionString = stringFor(server)
      const pool = await odbcPackage!.pool({
        connectionString,
        initialSize: 1,
        incrementSize: 1,
        maxSize: 3,
        loginTimeout: 20,
      })
      return handleOn(pool as Connection)
    },
  }
}

export const postgresByOdbc = byOdbc(postgresServer, 'postgres', postgresString, '08001')
export const mariadbByOdbc = byOdbc(mariadbServer, 'mariadb', mariadbString, 'HY000')
