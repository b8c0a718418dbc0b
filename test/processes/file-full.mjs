// Writes images that the limit on file sizes does not allow (the parent has set it) over and beside a small record,
// and prints what the errors were.
import { argument, openDriver } from './file-driver.mjs'

const driver = openDriver(argument)
const small = Buffer.from('small')
const large = Buffer.alloc(argument.size, 'x')

const tried = {
  store: () => driver.store('there', large, 60),
  replace: () => driver.replace('there', small, large, 60),
  create: () => driver.create('new', large, 60),
  'store new': () => driver.store('new', large, 60),
}
for (const [verb, work] of Object.entries(tried)) {
  try {
    await work()
    console.log(`${verb}: done`)
  } catch (error) {
    console.log(`${verb}: ${error.code} ${error.cause?.code}`)
  }
}
