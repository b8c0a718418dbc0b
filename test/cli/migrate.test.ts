import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { Progress } from '../../src/cli/migrate/progress.ts'
import { SessionStore } from '../../src/index.ts'
import { root } from '../support/project.ts'
import { contents, fill } from '../migrate/stores.ts'
import { dataSession, newFolder } from './data-session.ts'

const storable = 'driver:File;serialize:Storable'
const sqlite = 'driver:SQLite;serialize:JSON'

/** A folder with sessions in `from`, and the arguments to migrate them to `to.sqlite`. */
async function place(count: number): Promise<{ folder: string; args: string }> {
  const folder = newFolder()
  mkdirSync(join(folder, 'from'))
  await fill({ type: storable, directory: join(folder, 'from') }, count)
  const args =
    `migrate --from ${storable} --from-directory ${join(folder, 'from')} ` +
    `--to ${sqlite} --to-data-source ${join(folder, 'to.sqlite')}`
  return { folder, args }
}

test('sessions come to another store, and the summary says so', async () => {
  const { folder, args } = await place(3)
  writeFileSync(join(folder, 'from', 'cgisess_bad\u001b'), 'half')
  writeFileSync(join(folder, 'from', 'cgisess_none'), '')
  const { code, out, err } = await dataSession(`${args} --verify`, { directory: folder })
  expect(out).toMatch(/^Read {11}5 {2}\(in \d+s\)\n/)
  expect(out.replace(/^.*\n/, '')).toBe(
    `Written        3\nAlready there  0\nSkipped        1  (1 empty)\n` +
      `In quarantine  1  (${join(folder, 'data-session-quarantine')})\nVerified       3\n`,
  )
  expect(err).toMatch(/^quarantined "bad\\u001b": .* is damaged: .*\n$/)
  expect(code).toBe(0)
  expect((await contents({ type: sqlite, dataSource: join(folder, 'to.sqlite') })).size).toBe(3)
  expect(readdirSync(join(folder, 'data-session-quarantine'))).toHaveLength(2)

  const again = await dataSession(`${args} --json --quarantine ${join(folder, 'q')}`, { directory: folder })
  expect([again.code, JSON.parse(again.out)]).toMatchObject([
    0,
    { read: 5, written: 0, present: 3, skipped: 1, quarantined: 1, complete: true, dryRun: false },
  ])
})

test('a dry run makes nothing', async () => {
  const { folder, args } = await place(2)
  writeFileSync(join(folder, 'from', 'cgisess_bad'), 'half')
  const { code, out } = await dataSession(`${args} --dry-run`, { directory: folder })
  expect([code, out]).toEqual([0, expect.stringContaining('To be written  2\n') as string])
  expect(out).toContain('For quarantine 1\n')
  expect(readdirSync(folder)).toEqual(['from'])
})

test('each side has its flags, its variables and its file', async () => {
  const { folder } = await place(2)
  const file = join(folder, 'old.json')
  writeFileSync(
    file,
    JSON.stringify({ type: storable, directory: join(folder, 'elsewhere'), fileName: '%s' }),
  )
  // The configuration of the folder is of no store in particular.
  writeFileSync(join(folder, 'data-session.config.json'), '{ "tableName": "other" }')
  const environment = {
    DATA_SESSION_FROM_DIRECTORY: join(folder, 'from'),
    DATA_SESSION_TO_TYPE: sqlite,
    DATA_SESSION_TO_DATA_SOURCE: 'nowhere/at/all',
    DATA_SESSION_TABLE_NAME: 'nothing',
  }
  const args =
    'migrate --from-config old.json --from-option fileName=cgisess_%s --json ' +
    `--to-data-source ${join(folder, 'to.sqlite')} --to-table-name carts`
  const { code, out, err } = await dataSession(args, { environment, directory: folder })
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ read: 2, written: 2 })
  const to = { type: sqlite, dataSource: join(folder, 'to.sqlite'), tableName: 'carts' }
  expect((await contents(to)).size).toBe(2)
})

test.each([
  [`migrate --to ${sqlite}`, 'Which store is it from?'],
  [`migrate --from ${storable}`, 'Which store is it to?'],
  [`migrate --from ${storable} --to ${storable}`, 'are the same store'],
  [`migrate --from driver:Mongo --to ${storable}`, "Unknown driver 'Mongo'"],
  [`migrate --from ${storable} --to ${sqlite} --to-option tableNam=x`, "did you mean 'tableName'?"],
  [`migrate --from ${storable} --to ${sqlite} --concurrency 0`, 'whole number'],
  [`migrate --from ${storable} --to ${sqlite} --follow --interval often`, "Can't parse time"],
  [`migrate --from ${storable} --to ${sqlite} --follow --dry-run`, 'do not go together'],
  ['migrate --form x', 'Did you mean --from?'],
])('a mistake is told, with the exit code 2: %s', async (args, message) => {
  const { code, out, err } = await dataSession(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

test('a source that is not there has the exit code 1, and is not made', async () => {
  const folder = newFolder()
  const from = join(folder, 'absent')
  const { code, out, err } = await dataSession(
    `migrate --from ${storable} --from-directory ${from} --to ${sqlite} --to-data-source ${join(folder, 'x')}`,
  )
  expect([code, out, existsSync(from)]).toEqual([1, '', false])
  expect(err).toMatch(/^data-session: There is no folder .*absent\n$/)
})

test('of many problems some are told, and how many more there are', async () => {
  const { folder, args } = await place(0)
  for (let n = 0; n < 30; n++) writeFileSync(join(folder, 'from', `cgisess_bad${n}`), 'half')
  const { err } = await dataSession(args, { directory: folder })
  expect(err.match(/^quarantined "bad\d+"/gm)).toHaveLength(20)
  expect(err).toMatch(/… and 10 sessions more\n$/)
})

test('--help teaches', async () => {
  const { code, out } = await dataSession('migrate --help')
  expect(code).toBe(0)
  expect(out).toMatch(/--from <type string>[^]*--to-data-source <source>[^]*Examples:/)
})

test('--follow goes on until Ctrl-C, and ends well', async () => {
  const { folder, args } = await place(3)
  const bin = join(root, 'dist', 'src', 'cli', 'bin.js')
  const child = spawn(process.execPath, [bin, ...args.split(' '), '--follow', '--interval', '0', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('3 sessions written, 0 removed')
  await using store = await SessionStore.open({ type: storable, directory: join(folder, 'from') })
  const session = await store.load('new')
  session.param('n', 1)
  await session.flush()
  expect((await lines.next()).value).toBe('1 session written, 0 removed')
  await store.remove('new')
  expect((await lines.next()).value).toBe('0 sessions written, 1 removed')
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const closed = once(child, 'close')
  child.kill('SIGINT')
  expect(await closed).toEqual([0, null])
  expect(JSON.parse(out)).toMatchObject({ read: 4, written: 4, removed: 1, complete: true })
})

test('stopped before the end, it says how to go on', async () => {
  const { folder, args } = await place(200)
  const stop = new AbortController()
  const { code, out, err } = await dataSession(args, { directory: folder, stopped: stop.signal })
  expect(code).toBe(0)
  stop.abort()
  const { code: stopped, err: told } = await dataSession(args, { directory: folder, stopped: stop.signal })
  expect(stopped).not.toBe(0)
  expect([out, err]).toEqual([expect.stringContaining('Written        200\n') as string, ''])
  expect(told).toContain('The same command goes on from here')
})

test('progress is a bar on a screen, and a line now and then elsewhere', () => {
  const draw = (isScreen: boolean): string[] => {
    let time = 0
    const written: string[] = []
    const terminal = {
      err: (text: string) => void written.push(text),
      screens: { out: false, err: isScreen },
      columns: 80,
    }
    const progress = new Progress(terminal, () => time)
    for (let done = 0; done <= 3000; done += 10) {
      progress.show({ done, total: 4000 })
      time += 50
    }
    progress.say('By the way')
    progress.erase()
    return written
  }
  const bars = draw(true)
  expect(bars[0]).toBe(`\r\u001b[K[${'-'.repeat(30)}]  2%  100 of 4,000  200/s  20s left`.replace('-', '#'))
  expect(bars.at(-3)).toMatch(/\[#{23}-{7}\] {2}75% {2}3,000 of 4,000 {2}200\/s {2}5s left$/)
  expect(bars.slice(-2)).toEqual(['\r\u001b[K', 'By the way\n'])
  expect(bars.length).toBeGreaterThan(100)
  expect(draw(false)).toEqual(['50%  2,000 of 4,000  200/s  10s left\n', 'By the way\n'])
})
