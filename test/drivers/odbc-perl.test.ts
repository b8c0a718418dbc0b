import { mariadbByOdbc } from '../odbc/servers.ts'
import { odbcDrivers } from '../odbc/installed.ts'
import { perlTests } from '../sql/perl-tests.ts'

perlTests(mariadbByOdbc, {
  driver: 'ODBC',
  module: 'DBD::ODBC',
  dataSource: ({ port }) =>
    `dbi:ODBC:DRIVER=${odbcDrivers.mariadb};Server=127.0.0.1;Port=${port};Database=session;CHARSET=utf8mb4`,
  username: 'root',
  columns: { longblob: true, longtext: false },
})
