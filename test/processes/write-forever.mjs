// node write-forever.mjs DRIVER DATASOURCE: stores sessions a, b, c … over and over, each image a run of one letter, and
// says so with a line on standard output after the first round. Ends only when it is killed.
const [name, dataSource] = process.argv.slice(2)
const { default: Driver } = await import(`../../dist/drivers/${name}.js`)
const driver = new Driver({ dataSource, timeout: 60_000 }, Date.now)
await driver.open()
for (let round = 0; ; round += 1) {
  for (const id of 'abcdefgh') {
    const letter = String.fromCharCode(97 + (round % 26))
    await driver.store(id, Buffer.alloc(10_000 + (round % 7) * 5000, letter), 3600)
  }
  if (round === 0) process.stdout.write('writing\n')
}
