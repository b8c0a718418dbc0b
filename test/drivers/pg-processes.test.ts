import { processTests } from '../sql/process-tests.ts'
import { postgresServer } from '../sql/servers.ts'

processTests(postgresServer, 'Pg')
