// Drops the sessions that have expired: something to run every hour or so.
// Run it: npm run build && node dist/scripts/expire.js 'driver:SQLite;serialize:JSON' data_source=sessions.sqlite
// In a program of your own: import { SessionError, SessionStore } from 'data-session'
import { SessionError, SessionStore } from '../src/index.ts'

const USAGE = `Drops the sessions that have expired from a store.

Usage: node dist/scripts/expire.js <type string> [option=value]...

  node dist/scripts/expire.js 'driver:SQLite;serialize:JSON' data_source=/var/lib/app/sessions.sqlite
  node dist/scripts/expire.js 'driver:File;serialize:DataDumper' directory=/var/lib/app shared=1

Options are those of SessionStore.open, spelled as in Perl or in JavaScript.
Say shared=1 when a Perl program uses the store at the same time, verbose=1 to see warnings.`

const [type, ...pairs] = process.argv.slice(2)
if (type === '--help' || type === '-h') {
  console.log(USAGE)
} else if (type === undefined || !type.includes(':') || pairs.some((pair) => !/^\w+=/.test(pair))) {
  console.error(USAGE)
  process.exitCode = 2
} else {
  try {
    await expire({ type, ...Object.fromEntries(pairs.map(nameAndValue)) })
  } catch (error) {
    // What the library throws on purpose says what to do; anything else is a fault, shown in full.
    if (!(error instanceof SessionError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

async function expire(options: Record<string, string>): Promise<void> {
  await using store = await SessionStore.open(options)
  const gone = await store.purge()
  let left = 0
  await store.traverse(() => left++)
  console.log(`${store.type}: ${gone} expired, ${left} left`)
}

function nameAndValue(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}
