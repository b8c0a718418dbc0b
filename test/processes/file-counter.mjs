// Raises the number stored under one id so many times, by compare-and-swap.
import { argument, openDriver, waitForStart } from './file-driver.mjs'

const driver = openDriver(argument)
waitForStart()
for (let done = 0; done < argument.times; ) {
  const { image } = await driver.retrieve(argument.id)
  const next = Buffer.from(String(Number(image) + 1))
  const result = await driver.replace(argument.id, image, next, 3600)
  if (result === 'absent') throw new Error('The record is gone')
  if (result === 'done') done += 1
}
