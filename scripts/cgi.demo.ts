#!/usr/bin/env node
// A CGI program that counts its runs. A hidden field of the form carries the session's id from run to run.
//
// Let a web server run it, with a script such as this one in its cgi-bin folder:
//   #!/bin/sh
//   exec node /path/to/dist/scripts/cgi.demo.js
// Sessions lie in the folder that the environment variable SESSION_DIRECTORY names, else in the temporary folder.
import { tmpdir } from 'node:os'
// In a program of your own: import { Query, Session } from 'data-session'
import { Query, Session } from '../src/index.ts'

const NAME = 'sid'

if (process.env['REQUEST_METHOD'] === undefined || process.argv.length > 2) {
  console.error('This is a CGI program: let a web server run it, without arguments.')
  console.error('To see it here: REQUEST_METHOD=GET node dist/scripts/cgi.demo.js')
  process.exitCode = 2
} else {
  await answer()
}

async function answer(): Promise<void> {
  const query = Query.fromEnvironment()
  await using session = await Session.open<{ count: number }>({
    type: 'driver:File;id:MD5;serialize:JSON',
    directory: process.env['SESSION_DIRECTORY'] ?? tmpdir(),
    name: NAME,
    query,
    expire: '1h',
  })
  // The first run has no id in its form: the session is new, and nothing was counted.
  const count = (session.param('count') ?? 0) + 1
  session.param('count', count)
  // Stored before the page goes out, so that even the fastest click finds it.
  await session.flush()
  process.stdout.write(
    query.header({ charset: 'utf-8', 'Cache-Control': 'no-store' }) + page(session.id, count),
  )
}

function page(id: string, count: number): string {
  return `<!doctype html>
<html lang="en">
<head><title>data-session: a CGI program</title></head>
<body>
<p>This program was run ${count} time${count === 1 ? '' : 's'} in session ${escapeHtml(id)}.</p>
<form method="post">
<input type="hidden" name="${NAME}" value="${escapeHtml(id)}">
<button>Run it again</button>
</form>
</body>
</html>
`
}

// What goes into a page is escaped, always, even where only digits are expected.
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
