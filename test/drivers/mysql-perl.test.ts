import { perlTests } from '../sql/perl-tests.ts'
import { mariadbServer } from '../sql/servers.ts'

perlTests(mariadbServer, {
  driver: 'mysql',
  module: 'DBD::mysql',
  dataSource: ({ port }) => `dbi:mysql:database=session;host=127.0.0.1;port=${port}`,
  username: 'root',
  columns: { longblob: true, longtext: false },
})
