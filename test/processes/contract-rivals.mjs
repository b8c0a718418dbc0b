// One of several processes on one storage. Tries to create each of the ids `new0` …, counts up in the record `counter`,
// tries to remove each of the ids `old0` …, and prints what it won as JSON.
import { container } from '../../dist/src/inject.js'
import { Clock, Logger, Options } from '../../dist/src/plugin.js'

const { plugin, options, name, races, steps } = JSON.parse(process.argv[2])
const { default: Plugin } = await import(`../../dist/drivers/${plugin}.js`)
const child = container.createChildContainer()
child.register(Options, { useValue: options })
child.register(Clock, { useValue: Date.now })
child.register(Logger, { useValue: { warn() {}, debug() {} } })
const driver = child.resolve(Plugin)
await driver.open?.()

// All begin together: the parent writes a line when everyone is ready.
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))

const created = []
const removed = []
for (let race = 0; race < races; race += 1) {
  if (await driver.create(`new${race}`, Buffer.from(name), undefined)) created.push(race)
}
for (let left = steps; left > 0; ) {
  const { image } = await driver.retrieve('counter')
  const next = Buffer.from(String(Number(Buffer.from(image).toString()) + 1))
  if ((await driver.replace('counter', image, next, undefined)) === 'done') left -= 1
}
for (let race = 0; race < races; race += 1) {
  if (await driver.remove(`old${race}`)) removed.push(race)
}
await driver.close()
process.stdout.write(`${JSON.stringify({ created, removed })}\n`)
process.exit(0)
