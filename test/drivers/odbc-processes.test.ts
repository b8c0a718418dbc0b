import { postgresByOdbc } from '../odbc/servers.ts'
import { processTests } from '../sql/process-tests.ts'

processTests(postgresByOdbc, 'ODBC')
