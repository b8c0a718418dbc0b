import { failureTests } from '../sql/failure-tests.ts'
import { postgresServer } from '../sql/servers.ts'

failureTests(postgresServer)
