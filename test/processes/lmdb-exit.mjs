// node lmdb-exit.mjs PATH TURNS: calls process.exit() after so many turns of the event loop, in the middle of writing.
import LMDB from '../../dist/drivers/LMDB.js'

const [dataSource, turns] = process.argv.slice(2)
const driver = new LMDB({ dataSource, timeout: 60_000 }, Date.now)
await driver.open()

async function write(id) {
  for (let time = 0; ; time += 1) {
    await driver.store(id, Buffer.alloc(5000), time % 100)
    await driver.touch(id, time % 90)
    await driver.remove(id)
  }
}
for (const id of 'abcde') void write(id)

let left = Number(turns)
const turn = () => (left-- > 0 ? setImmediate(turn) : process.exit(0))
turn()
