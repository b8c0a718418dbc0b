import { describe, expect, test } from 'vitest'
import { CgiServer } from './cgi-server.ts'
import { runScript, scriptPath, TemporaryFolder } from './run-script.ts'

interface Page {
  readonly count: number
  readonly id: string
  readonly text: string
  readonly headers: Headers
}

async function visit(url: string, form?: string): Promise<Page> {
  const posted = form !== undefined && {
    method: 'POST',
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
  const response = await fetch(url, { ...posted })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  const [, count] = /was run (\d+) times? in session/.exec(text) ?? []
  const [, id = ''] = /<input type="hidden" name="sid" value="([^"]*)">/.exec(text) ?? []
  return { count: Number(count), id, text, headers: response.headers }
}

describe('cgi.demo, run by a web server', () => {
  test('counts its runs by the hidden field, each visitor on their own', async () => {
    using folder = new TemporaryFolder()
    await using server = await CgiServer.start(scriptPath('cgi.demo'), { SESSION_DIRECTORY: folder.path })
    const first = await visit(server.url)
    expect(first.count).toBe(1)
    expect(first.id).toMatch(/^[0-9a-f]{32}$/)
    expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.text).toContain('<form method="post">')

    const second = await visit(server.url, `sid=${first.id}`)
    const third = await visit(`${server.url}?sid=${first.id}`)
    expect([second, third]).toMatchObject([
      { count: 2, id: first.id },
      { count: 3, id: first.id },
    ])

    const other = await visit(server.url, '')
    expect(other.count).toBe(1)
    expect(other.id).not.toBe(first.id)
    expect(folder.list().sort()).toEqual([`cgisess_${first.id}`, `cgisess_${other.id}`].sort())
  })

  test('gives who comes with an invented or hostile id a new one', async () => {
    using folder = new TemporaryFolder()
    await using server = await CgiServer.start(scriptPath('cgi.demo'), { SESSION_DIRECTORY: folder.path })
    for (const hostile of ['chosen', `../../"><script>${'x'.repeat(10_000)}`]) {
      const page = await visit(server.url, new URLSearchParams({ sid: hostile }).toString())
      expect(page.count).toBe(1)
      expect(page.id).toMatch(/^[0-9a-f]{32}$/)
      expect(page.text).not.toContain('<script>')
    }
    expect(folder.list().every((name) => /^cgisess_[0-9a-f]{32}$/.test(name))).toBe(true)
  })
})

describe('cgi.demo, on the command line', () => {
  test('answers when no web server runs it', async () => {
    using folder = new TemporaryFolder()
    const ran = await runScript('cgi.demo', [], { ...folder.environment, REQUEST_METHOD: undefined })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('This is a CGI program')
    expect(folder.list()).toEqual([])
  })

  test('can be tried out by hand, and then uses the temporary folder', async () => {
    using folder = new TemporaryFolder()
    const environment = { ...folder.environment, REQUEST_METHOD: 'GET', SESSION_DIRECTORY: undefined }
    const { code, stdout } = await runScript('cgi.demo', [], environment)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Cache-control: no-store\r\nContent-Type: text\/html; charset=utf-8\r\n\r\n<!doctype html>/,
    )
    expect(folder.list()).toHaveLength(1)
  })
})
