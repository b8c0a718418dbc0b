// The contract suite under the test runner of Node.
import { test } from 'node:test'
import Memory from '../../dist/drivers/Memory.js'
import { driverContract } from '../../dist/src/testing/index.js'

const cases = driverContract({
  create: ({ storage, clock }) => new Memory({ memoryName: storage }, clock),
  without: { outage: 'there is no storage that could fail' },
})
for (const { name, run } of cases) void test(name, run)
