import { perlTests } from '../sql/perl-tests.ts'
import { postgresServer } from '../sql/servers.ts'

perlTests(postgresServer, {
  driver: 'Pg',
  module: 'DBD::Pg',
  dataSource: ({ port }) => `dbi:Pg:dbname=session;host=127.0.0.1;port=${port}`,
  username: 'session',
  columns: { bytea: true, text: true },
})
