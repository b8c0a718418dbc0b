import { postgresByOdbc } from '../odbc/servers.ts'
import { failureTests } from '../sql/failure-tests.ts'

failureTests(postgresByOdbc)
