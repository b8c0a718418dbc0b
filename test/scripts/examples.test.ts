import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runScript, scriptPath, TemporaryFolder } from './run-script.ts'

/** Runs an example, and makes sure that it left nothing behind. */
async function output(name: string): Promise<string[]> {
  using folder = new TemporaryFolder()
  const { code, stdout, stderr } = await runScript(name, [], folder.environment)
  expect({ code, stderr, left: folder.list() }).toEqual({ code: 0, stderr: '', left: [] })
  return stdout.trimEnd().split('\n')
}

test('sqlite finds its session again', async () => {
  const [made = '', found, ...values] = await output('sqlite')
  const id = /^Made session ([0-9a-f]{40})$/.exec(made)?.[1]
  expect(found).toBe(`Found session ${id}, the same as before`)
  expect(values).toEqual(['  cart: [{"sku":"SKU-1","quantity":2}]', '  name: "Alice"'])
})

test('file.sha1 shows the file and finds its session again', async () => {
  const [file = '', record, visit] = await output('file.sha1')
  const id = /^session\.([0-9a-f]{40})\.dat:$/.exec(file)?.[1]
  expect(record).toMatch(new RegExp(`^  \\$D = \\{.*'_SESSION_ID' => '${id}'.*'name' => 'Alice'.*\\};`))
  expect(visit).toBe(`Alice, visit 2, session ${id}`)
})

test('file.autoincrement counts in steps of two from 101', async () => {
  expect(await output('file.autoincrement')).toEqual([
    'Alice has session 101',
    'Bob has session 103',
    'Carol has session 105',
    'The id file holds the last one: 105',
    'Session 103 belongs to Bob',
  ])
})

test('cookie shows one without, with and past its expiry', async () => {
  const lines = await output('cookie')
  const cookies = lines.filter((line) => line.startsWith('  sid='))
  const date = '\\w{3}, \\d\\d-\\w{3}-\\d{4} \\d\\d:\\d\\d:\\d\\d GMT'
  const id = '[0-9a-f]{64}'
  expect(cookies).toHaveLength(4)
  expect(cookies[0]).toMatch(new RegExp(`^  sid=${id}; path=/; HttpOnly; SameSite=Lax$`))
  expect(cookies[1]).toMatch(new RegExp(`^  sid=${id}; path=/; expires=${date}; HttpOnly; SameSite=Lax$`))
  expect(cookies[2]).toMatch(
    new RegExp(`^  sid=${id}; path=/shop; expires=${date}; secure; HttpOnly; SameSite=Lax$`),
  )
  expect(lines).toContain(`  Set-Cookie: ${cookies[1]?.trim()}`)
  expect(lines).toContain('  Content-Type: text/html; charset=utf-8')
  const [until, past] = [cookies[1], cookies[3]].map((line) =>
    Date.parse(/expires=([^;]*)/.exec(line ?? '')![1]!),
  )
  expect(Math.round((until! - past!) / 3600_000)).toBe(26)
})

test('digest knows the length of each type of id', async () => {
  const [, ...lines] = await output('digest')
  const lengths = lines.map((line) => line.split(/\s+/).slice(0, 2))
  expect(Object.fromEntries(lengths)).toEqual({
    AutoIncrement: '1',
    MD5: '32',
    SHA1: '40',
    SHA256: '64',
    SHA512: '128',
    Static: '10',
    UUID16: '16',
    UUID34: '34',
    UUID36: '36',
    UUID64: '24',
  })
})

test('cgi.sha1 finds its session by the form field, and gives a stranger another', async () => {
  const [first = '', second, ...rest] = await output('cgi.sha1')
  const id = /^First request: new session ([0-9a-f]{40})$/.exec(first)?.[1]
  expect(second).toBe(`Second request: known session ${id}`)
  expect(rest.slice(0, 2)).toEqual(['  colour: "blue"', '  size: ["L","XL"]'])
  expect(rest[2]).toMatch(/^A request with an invented id: new session [0-9a-f]{40}$/)
  expect(rest[2]).not.toContain(id)
})

test('apache-session.dbi finds its session again and destroys it', async () => {
  const [made = '', found, ...values] = await output('apache-session.dbi')
  const id = /^Made session ([0-9a-f]{16})$/.exec(made)?.[1]
  expect(found).toBe(`Found session ${id}, for 60 seconds from now`)
  expect(values).toEqual(['  cart: ["apple","pear"]', '  name: "Alice"', 'Destroyed: true'])
})

test('apache-session.file keeps what was stored, and nothing else', async () => {
  expect(await output('apache-session.file')).toEqual([
    'The file is called as the session: true',
    'Visits: 2',
    'Files left: 0',
  ])
})

test('apache-session.win32 shows what two requests see of each other', async () => {
  expect(await output('apache-session.win32')).toEqual([
    'The other one had opened it before: {}',
    'Who opens it now sees it: {"cart":["apple"]}',
    '<table>',
    '<tr><th>Key</th><th>Value</th></tr>',
    '<tr><th>_ID</th><td><pre>…</pre></td></tr>',
    'Sessions: 1',
  ])
})

test('apache-session.ipc loses no count of three processes', async () => {
  expect(await output('apache-session.ipc')).toEqual(['Three processes sold ten tickets each: 30'])
})

test('session-manager lets one session per user live, as long as it is saved', async () => {
  const [made, ...lines] = await output('session-manager')
  expect(made).toMatch(/^Alice has session [0-9a-f]{40} in SQLite$/)
  expect(lines).toEqual([
    'Changed in place: dirty true',
    'Saved: dirty false',
    '100 minutes later, with a save in between: valid true',
    'Alice logs in on another device',
    'The first session is over: ERR_SESSION_GONE, active false',
    'Cleaned up 1, 0 left',
    'get_session_info: Session not found or expired',
  ])
})

const EXAMPLES = [
  'sqlite',
  'file.sha1',
  'file.autoincrement',
  'cookie',
  'digest',
  'cgi.sha1',
  'apache-session.dbi',
  'apache-session.file',
  'apache-session.win32',
  'apache-session.ipc',
  'session-manager',
  'demo',
]

test('every example answers wrong arguments, without doing anything', async () => {
  using folder = new TemporaryFolder()
  // All in one process, because starting one takes longer than what is tested.
  const program = `
    for (const script of ${JSON.stringify(EXAMPLES.map(scriptPath))}) {
      process.argv = [process.execPath, script, '--kep']
      await import(script)
    }`
  const env = { ...process.env, ...folder.environment }
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' })
  expect({ code: ran.status, stdout: ran.stdout, left: folder.list() }).toEqual({
    code: 2,
    stdout: '',
    left: [],
  })
  expect(ran.stderr.match(/Unknown option '--kep'/g)).toHaveLength(EXAMPLES.length)
  for (const name of EXAMPLES) expect(ran.stderr).toContain(`Usage: node dist/scripts/${name}.js [--keep]`)
})

test('--help says what an example does', async () => {
  const { code, stdout, stderr } = await runScript('sqlite', ['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Keeps a session in a SQLite file and finds it again\.\n\nUsage: /)
})

test('--keep leaves what was made, and says where', async () => {
  using folder = new TemporaryFolder()
  const { stdout } = await runScript('sqlite', ['--keep'], folder.environment)
  const [kept = ''] = folder.list()
  expect(stdout).toContain(`Kept: ${join(folder.path, kept)}\n`)
  expect(readdirSync(join(folder.path, kept))).toContain('sessions.sqlite')
})
