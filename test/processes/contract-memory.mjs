// The contract suite as a plug-in author without a test runner runs it. With `broken` as argument the driver is not
// what it should be.
import Memory from '../../dist/drivers/Memory.js'
import { driverContract, runContract } from '../../dist/src/testing/index.js'

class Broken extends Memory {
  remove() {
    return true
  }
}

const Driver = process.argv[2] === 'broken' ? Broken : Memory
const cases = driverContract({
  create: ({ storage, clock }) => new Driver({ memoryName: storage }, clock),
  without: { outage: 'there is no storage that could fail' },
})
const { passed, skipped } = await runContract(cases)
console.log(`${passed.length} passed, ${skipped.size} skipped`)
