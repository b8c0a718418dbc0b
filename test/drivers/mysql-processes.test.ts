import { processTests } from '../sql/process-tests.ts'
import { mariadbServer } from '../sql/servers.ts'

processTests(mariadbServer, 'mysql')
