// node sqlite-count.mjs DATABASE TIMES: adds 1 to the number in the session 'counter', TIMES times, each time only if
// nobody else has changed it since it was read.
import SQLite from '../../dist/drivers/SQLite.js'

const [dataSource, times] = process.argv.slice(2)
const driver = new SQLite({ dataSource }, Date.now)
await driver.open()
for (let left = Number(times); left > 0; ) {
  const { image } = await driver.retrieve('counter')
  const next = Buffer.from(String(Number(Buffer.from(image).toString()) + 1))
  if ((await driver.replace('counter', image, next, 3600)) === 'done') left -= 1
}
driver.close()
