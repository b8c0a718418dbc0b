// node lmdb-full.mjs PATH WAY: writes images that the limit on file sizes does not allow (the parent has set it) over
// and beside a small record, and prints what the errors were. WAY is 'own', or 'handed in' for a database of the user's.
import { open } from 'lmdb'
import LMDB from '../../dist/drivers/LMDB.js'

const [path, way] = process.argv.slice(2)
const root = way === 'own' ? undefined : open(path)
const driver = new LMDB(
  root ? { cache: root, timeout: 60_000 } : { dataSource: path, timeout: 60_000 },
  Date.now,
)
await driver.open()
const small = Buffer.from('small')
const large = Buffer.alloc(2_000_000)
await driver.store('there', small, 60)

const tried = {
  store: () => driver.store('there', large, 60),
  replace: () => driver.replace('there', small, large, 60),
  create: () => driver.create('new', large, 60),
  'store small': () => driver.store('there', Buffer.from('smaller'), 60),
}
for (const [verb, work] of Object.entries(tried)) {
  try {
    await work()
    console.log(`${verb}: done`)
  } catch (error) {
    console.log(`${verb}: ${error.code} ${error.message.includes('The disk may be full')}`)
  }
}
console.log(Buffer.from(driver.retrieve('there').image).toString(), driver.retrieve('new') === undefined)
await driver.close()
await root?.close()
