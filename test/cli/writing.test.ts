import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { configured, dataSession, jsonLines, newFolder, type Outcome, stateOf } from './data-session.ts'

const written = 1_700_000_000

/** Each in a folder or a database of its own. */
const kinds: [string, (folder: string) => Record<string, unknown>][] = [
  ['files', (folder) => ({ type: 'driver:File;serialize:JSON', directory: folder })],
  [
    'SQLite',
    (folder) => ({ type: 'driver:SQLite;serialize:JSON', dataSource: join(folder, 'sessions.sqlite') }),
  ],
]

describe.each(kinds)('in %s', (_, optionsIn) => {
  let store: SessionStore
  let run: (...args: string[]) => Promise<Outcome>

  beforeEach(async () => {
    const options = optionsIn(newFolder())
    const clock = { now: written * 1000 }
    store = await SessionStore.open({ ...options, clock: () => clock.now, touchAfter: '1h' })
    onTestFinished(() => store.close())
    for (const [id, etime] of [
      ['endless', 0],
      ['hour', 3600],
      ['minute', 60],
      ['second', 1],
    ] as const) {
      const session = await store.load(id)
      session.param('cart', ['apple'])
      session.expire(etime)
      await session.flush()
    }
    clock.now += 61_000
    const directory = configured(options, written + 61)
    run = (...args) => dataSession(args, { directory })
  })

  const left = async (): Promise<string[]> => {
    const ids: string[] = []
    await store.traverse((id) => void ids.push(id))
    return ids.sort()
  }

  test('set stores a value', async () => {
    expect(await run('set', 'hour', 'cart', '["pear", {"n": 1}]')).toEqual({ code: 0, out: '', err: '' })
    expect(await run('set', 'hour', 'name', '--text', '"Zoë"')).toEqual({ code: 0, out: '', err: '' })
    const json = await run('set', 'hour', 'n', '1', '--json')
    expect([json.code, jsonLines(json.out)]).toEqual([0, [{ id: 'hour', name: 'n', value: 1 }]])
    const session = await store.load('hour')
    expect(session.param('cart')).toEqual(['pear', { n: 1 }])
    expect([session.param('name'), session.param('n')]).toEqual(['"Zoë"', 1])
    expect(session.etime).toBe(3600)
  })

  test.each([
    [1, ['absent', 'a', '1'], "There is no session 'absent'"],
    [1, ['minute', 'a', '1'], "The session 'minute' has expired"],
    [2, ['hour', 'a', 'pear'], "The value is not JSON: 'pear'. If it is text, say --text"],
    [2, ['hour', '_SESSION_ID', '1'], "A parameter of this store cannot be called '_SESSION_ID'"],
  ])('set refuses with %s: %j', async (code, args, message) => {
    expect(await run('set', ...args)).toEqual({ code, out: '', err: `data-session: ${message}\n` })
    expect(await left()).toEqual(['endless', 'hour', 'minute', 'second'])
  })

  test('rm removes', async () => {
    expect(await run('rm', 'hour', 'minute')).toEqual({ code: 0, out: 'Removed 2 sessions.\n', err: '' })
    expect(await left()).toEqual(['endless', 'second'])
    const { code, out } = await run('rm', 'second', '--json')
    expect([code, jsonLines(out)]).toEqual([0, [{ removed: ['second'], absent: [] }]])
  })

  test('rm removes all sessions of an owner, and ls and show know of owners', async () => {
    for (const id of ['hour', 'endless']) {
      const session = await store.load(id)
      session.owner = 'alice'
      await session.flush()
    }
    expect((await run('ls', '--owner', 'alice')).out.trim().split('\n').sort()).toEqual(['endless', 'hour'])
    expect((await run('ls', '--owner', 'bob')).out).toBe('')
    expect(jsonLines((await run('ls', '--long', '--owner', 'alice', '--json')).out)[0]).toMatchObject({
      owner: 'alice',
    })
    expect((await run('show', 'hour')).out).toContain('owner     alice\n')
    expect(await run('rm', '--owner', 'alice')).toEqual({ code: 0, out: 'Removed 2 sessions.\n', err: '' })
    expect(await left()).toEqual(['minute', 'second'])
    const { out } = await run('rm', '--owner', 'alice', '--json')
    expect(jsonLines(out)).toEqual([{ owner: 'alice', count: 0 }])
  })

  test('rm says what is not there, and removes the rest', async () => {
    expect(await run('rm', 'absent', 'hour')).toEqual({
      code: 1,
      out: 'Removed 1 session.\n',
      err: "data-session: There is no session 'absent'\n",
    })
    expect((await run('rm', 'a', 'b')).err).toBe("data-session: There are no sessions 'a', 'b'\n")
    expect(await left()).toEqual(['endless', 'minute', 'second'])
  })

  test('expire removes what has expired, and nothing before it is told to', async () => {
    expect(await run('expire', '--dry-run')).toEqual({
      code: 0,
      out: '2 sessions would be removed.\n',
      err: '',
    })
    expect(jsonLines((await run('expire', '--dry-run', '--json')).out)).toEqual([
      { dryRun: true, expired: 2 },
    ])
    expect(await left()).toEqual(['endless', 'hour', 'minute', 'second'])
    expect(await run('expire')).toEqual({ code: 0, out: 'Removed 2 sessions.\n', err: '' })
    expect(await left()).toEqual(['endless', 'hour'])
    expect(jsonLines((await run('expire', '--json')).out)).toEqual([{ dryRun: false, expired: 0 }])
  })
})

test('what is damaged can be removed, and stays when the rest expires', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'cgisess_broken'), '{')
  const options = `-t driver:File;serialize:JSON --directory ${folder}`
  const before = stateOf(folder)
  expect((await dataSession(`expire ${options}`)).out).toBe('Removed 0 sessions.\n')
  expect(stateOf(folder)).toEqual(before)
  expect((await dataSession(`rm broken ${options}`)).code).toBe(0)
  expect(stateOf(folder)).toEqual([])
})

test.each([
  ['show', "missing required argument 'id'"],
  ['get x', "missing required argument 'name'"],
  ['rm -t driver:Memory', 'Which sessions? Give their ids, or --owner and no ids'],
  ['rm a --owner b -t driver:Memory', 'Give their ids, or --owner and no ids'],
  ['show a b', 'too many arguments'],
  ['ls --lng', 'Did you mean --long?'],
  ['shwo a', 'Did you mean show?'],
  ['ls', 'Which store? Name it with --type'],
  ['ls -d sessions.sqlite', "let 'data-session doctor' find out"],
  ['ls -t driver:SQLit -d x', "did you mean 'SQLite'?"],
  ['ls -t drivr:File', "did you mean 'driver'?"],
  ['new-id -n 0', 'Say how many as a whole number'],
  ['completion csh', 'Allowed choices are bash, zsh, fish'],
  ['doctor', 'Where is the store?'],
])('a mistake is told, with the exit code 2: %s', async (args, message) => {
  const { code, out, err } = await dataSession(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

test.each('ls show stats get set rm expire doctor migrate create-table new-id plugins completion'.split(' '))(
  '%s --help teaches',
  async (command) => {
    const { code, out, err } = await dataSession([command, '--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: data-session ${command}`))
    expect(out).toMatch(/^Examples:\n(.*\n)*.*data-session /m)
    // What is its own comes first.
    if (out.includes('Which store:'))
      expect(out.indexOf('Options:')).toBeLessThan(out.indexOf('Which store:'))
    expect((await dataSession('--help')).out).toContain(`  ${command} `)
  },
)

test('what is told of a mistake is not obeyed by a terminal', async () => {
  for (const args of [['show', '\x1b[2J', '--directory', '/'], ['\x1b[2J'], ['ls', '--\x1b[2J']]) {
    const { code, err } = await dataSession(args)
    expect(code).toBeGreaterThan(0)
    expect(err).toContain(String.raw`\x1b[2J`)
    expect(err).not.toContain('\x1b')
  }
})
