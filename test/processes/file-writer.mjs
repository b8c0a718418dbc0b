// Stores image after image under one id until it is killed. Each image says how long it must be: see file-crash.test.ts.
import { argument, openDriver } from './file-driver.mjs'

const driver = openDriver(argument)
const images = argument.sizes.map((size, index) =>
  Buffer.from(
    String(size)
      .padStart(8, '0')
      .padEnd(size, String.fromCharCode(97 + index)),
  ),
)
for (let index = 0; ; index++) {
  await driver.store(argument.id, images[index % images.length], 3600)
  if (index === 0) console.log('writing')
  await new Promise(setImmediate)
}
