// A process with a driver open on a Berkeley DB. Its argument are the options. Commands come as lines, with one answer
// each: `done`, `=` and a text, `none`, or the code and the message of an error.
//   store ID SIZE     an image of so many bytes
//   get ID            `=` and the size of the image
//   add ID TIMES      raises the number under the id so many times
import { createInterface } from 'node:readline'
import BerkeleyDB from '../../dist/drivers/BerkeleyDB.js'

const logger = { warn: (message) => console.error(message), debug: () => {} }
const driver = new BerkeleyDB(JSON.parse(process.argv[2]), logger)

const commands = {
  store: async (id, size) => {
    await driver.store(id, Buffer.alloc(Number(size), 'x'))
    return 'done'
  },
  get: async (id) => {
    const stored = await driver.retrieve(id)
    return stored ? `=${stored.image.length}` : 'none'
  },
  add: async (id, times) => {
    for (let left = Number(times); left > 0; ) {
      const { image } = await driver.retrieve(id)
      const next = Buffer.from(String(Number(Buffer.from(image)) + 1))
      if ((await driver.replace(id, image, next)) === 'done') left -= 1
    }
    return 'done'
  },
}

async function answer(work) {
  try {
    console.log(await work())
  } catch (error) {
    console.log(`${error.code} ${error.message}`)
  }
}

await answer(async () => {
  await driver.open()
  return 'ready'
})
for await (const line of createInterface(process.stdin)) {
  const [command, ...words] = line.split(' ')
  await answer(() => commands[command](...words))
}
await driver.close()
