import { failureTests } from '../sql/failure-tests.ts'
import { mariadbServer } from '../sql/servers.ts'

failureTests(mariadbServer)
