import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { dataSession } from '../cli/data-session.ts'
import { readPage, root } from './pages.ts'

/** What the page calls the folder that its examples are in. */
const called = '/srv/shop'
/** 2026-01-31 12:00:00 */
const noon = 1_769_860_800

const folder = mkdtempSync(join(tmpdir(), 'data-session-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const options = {
    type: 'driver:SQLite;id:MD5;serialize:JSON',
    dataSource: join(folder, 'sessions.sqlite'),
  }
  let now = noon
  await using store = await SessionStore.open({ ...options, clock: () => now * 1000 })
  const add = async (id: string, secondsAgo: number, expire: string, params: object): Promise<void> => {
    now = noon - secondsAgo
    const session = await store.load(id)
    session.param(params)
    session.expire(expire)
    if ('captcha' in params) session.expire({ captcha: '5m' })
    await session.flush()
  }
  await add('0a1b2c3d4e5f60718293a4b5c6d7e8f9', 120, '2h', {
    cart: [
      { sku: 'SKU-1', qty: 1, tags: ['fruit', 'red'] },
      { sku: 'SKU-7', qty: 2, tags: ['bread', 'from yesterday'] },
    ],
    captcha: 'x7gh2',
    name: 'Zoë',
  })
  await add('3c59dc048e8850243be8079a5c74d079', 90_000, '2h', { name: 'Ann' })
  await add('b6d767d2f8ed5d21a44b0e5886680cb9', 7000, '30d', { name: 'Bob' })
  const config = `export default { ...${JSON.stringify(options)}, clock: () => ${noon * 1000} }\n`
  writeFileSync(join(folder, 'data-session.config.mjs'), config)

  // Sessions that a Perl program left, and one that it did not write to the end.
  mkdirSync(join(folder, 'perl'))
  const from = join(root, 'test', 'fixtures', 'cgi-session')
  for (const [name, kind] of [
    ['1679091c5a880faf6fb5e6087eb1b2dc', 'plain'],
    ['8f14e45fceea167a5a36dedd4bea2543', 'plain'],
    ['c9f0f895fb98ab9159f51fd0297e236d', 'latin'],
  ] as const) {
    cpSync(join(from, `cgisess_cgi-file-storable-${kind}`), join(folder, 'perl', `cgisess_${name}`))
  }
  const broken = readFileSync(join(from, 'cgisess_cgi-file-storable-plain')).subarray(0, 300)
  writeFileSync(join(folder, 'perl', 'cgisess_45c48cce2e2d7fbdea1afc51c7c6ad26'), broken)
  writeFileSync(join(folder, 'perl', 'README'), 'Sessions of the shop')
})

/** Commands, each with what it prints, on both its outputs. */
const examples = readPage('docs/command-line.md').codeBlocks.flatMap(({ language, text }) =>
  language === 'console' ? text.split(/^(?=\$ )/m) : [],
)

function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|[^\s'])+/g) ?? []
  return words.map((word) => word.replaceAll("'", '').replace(called, folder))
}

test.each(examples)('%s', async (example) => {
  const [command = '', ...expected] = example.split('\n')
  const [, args = ''] = /^\$ data-session (.*)$/.exec(command) ?? []
  const { out, err } = await dataSession(wordsOf(args), { directory: folder })
  expect((out + err).replaceAll(folder, called)).toBe(expected.join('\n'))
})

test('the page has an example of each command that looks into a store', () => {
  for (const command of ['ls', 'show', 'stats', 'get', 'set', 'rm', 'expire', 'doctor', 'new-id']) {
    const isOfIt = (example: string) => example.split(/\s/)[2] === command
    expect([command, examples.some(isOfIt)]).toEqual([command, true])
  }
})
