// `npm run demo`: what a session does, step by step, in a temporary folder. Nothing is claimed that was not checked:
// the first thing that is not as it should be ends the walk with an error.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
// In a program of your own: import { SessionStore } from 'data-session'
import { SessionStore } from '../src/index.ts'
import { check, quote, say, step, strong, value } from './narrator.ts'
import { runExample } from './run-example.ts'

// An interface tells TypeScript which parameters there are, and of which types.
interface Shop {
  user: { name: string; language: string }
  cart: { sku: string; quantity: number }[]
  captcha: string
  hits: number
  theme: string
}

const TYPE = 'driver:SQLite;id:SHA256;serialize:JSON'
const PROCESSES = 4
const INCREMENTS = 25

// A clock that can be put forward, so that nobody has to wait two hours for a session to expire.
let ahead = 0
const clock = (): number => Date.now() + ahead * 1000

await runExample('Shows what a session does, step by step.', async (folder) => {
  const dataSource = join(folder, 'sessions.sqlite')
  say(`The store: ${strong(TYPE)}`)
  say(`The file:  ${dataSource}`)
  await using store = await SessionStore.open<Shop>({ type: TYPE, dataSource, clock })

  const id = await create(store)
  await reload(store, id)
  await changeDeepInside(store, id)
  await expireParameter(store, id)
  await expireSession(store, id)
  await countTogether(store, dataSource)
  await keepBothChanges(store)
  await traverseAndPurge(store)
  await continuePerlSession(folder)
  say('')
  say(strong('Everything above was checked.'))
})

async function create(store: SessionStore<Shop>): Promise<string> {
  step('A new session')
  const session = await store.create()
  session.param('user', { name: 'Alice', language: 'en' })
  session.param('cart', [{ sku: 'SKU-1', quantity: 1 }])
  session.expire('2h')
  check(await session.flush(), 'a new session that was given something is stored')
  show(session)
  value('expires after', `${session.etime} seconds without a visit`)
  return session.id
}

async function reload(store: SessionStore<Shop>, id: string): Promise<void> {
  step('The next request comes with its id')
  const session = await store.load(id)
  check(!session.isNew && session.param('user')?.name === 'Alice', 'the session is found')
  show(session)
  check(!(await session.flush()), 'a request that only reads writes nothing')
  say('   It only reads, so nothing is written.')
}

async function changeDeepInside(store: SessionStore<Shop>, id: string): Promise<void> {
  step('A change deep inside a value')
  const session = await store.load(id)
  const [first] = session.param('cart') ?? []
  check(first !== undefined && !session.modified, 'reading a value is no change')
  first!.quantity = 3
  say('   cart[0].quantity = 3, without telling the session')
  value('session.modified', session.modified)
  check(session.modified, 'a change inside a value is noticed')
  await session.flush()
  const again = await store.load(id)
  value('cart, reloaded', again.param('cart'))
  check(again.param('cart')?.[0]?.quantity === 3, 'the change inside the value was stored')
}

async function expireParameter(store: SessionStore<Shop>, id: string): Promise<void> {
  step('A parameter with a lifetime of its own')
  const session = await store.load(id)
  session.param('captcha', 'x7Qf')
  session.expire('captcha', '5m')
  await session.flush()
  const early = await store.load(id)
  value('captcha at once', early.param('captcha'))
  check(early.param('captcha') === 'x7Qf', 'the parameter is there before its time is over')
  passTime(301)
  const late = await store.load(id)
  value('captcha now', late.param('captcha'))
  check(late.param('captcha') === undefined, 'the parameter has expired')
  check(late.param('user') !== undefined, 'the others have not')
  await late.flush()
}

async function expireSession(store: SessionStore<Shop>, id: string): Promise<void> {
  step('The session itself expires')
  passTime(7201)
  const session = await store.load(id)
  value('session.expired', session.expired)
  value('parameters left', session.param())
  check(session.expired && session.param().length === 0, 'the session has expired')
  check((await store.load(id)).isNew, 'an expired session is gone from the store')
  say('   It is gone from the store: who comes with this id now gets a new session.')
}

async function countTogether(store: SessionStore<Shop>, dataSource: string): Promise<void> {
  step(`One counter, ${PROCESSES} processes at once`)
  const session = await store.create()
  session.param('hits', 0)
  await session.flush()
  const worker = fileURLToPath(new URL('demo-worker.js', import.meta.url))
  const ends = Array.from({ length: PROCESSES }, async () => {
    const child = spawn(process.execPath, [worker, TYPE, dataSource, session.id, String(INCREMENTS)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    check(code === 0, `process ${child.pid} has done its work`)
  })
  await Promise.all(ends)
  const hits = (await store.load(session.id)).param('hits')
  value('each adds 1', `${INCREMENTS} times`)
  value('the counter', hits)
  check(hits === PROCESSES * INCREMENTS, 'no increment was lost')
}

async function keepBothChanges(store: SessionStore<Shop>): Promise<void> {
  step('Two requests of one user at the same time')
  const { id } = await stored(store, { user: { name: 'Bob', language: 'en' } })
  const [one, other] = await Promise.all([store.load(id), store.load(id)])
  one.param('theme', 'dark')
  other.param('cart', [{ sku: 'SKU-2', quantity: 1 }])
  await one.flush()
  await other.flush()
  say('   One sets theme, the other sets cart; both had loaded the session before.')
  const session = await store.load(id)
  show(session)
  check(isDeepStrictEqual(session.param(), ['cart', 'theme', 'user']), 'both changes were kept')
}

async function traverseAndPurge(store: SessionStore<Shop>): Promise<void> {
  step('Every session in the store, and away with the expired ones')
  const short = await Promise.all(
    ['Carol', 'Dave', 'Erin'].map((name) => stored(store, { user: { name, language: 'en' } }, '10m')),
  )
  const before = await listIds(store)
  value('sessions', before.length)
  check(
    short.every(({ id }) => before.includes(id)),
    'every session is listed',
  )
  passTime(601)
  const gone = await store.purge()
  const after = await listIds(store)
  value('purged', gone)
  value('left', after.length)
  check(gone === short.length && after.length === before.length - gone, 'those that had expired are gone')
  check(!short.some(({ id }) => after.includes(id)), 'and no others')
}

async function continuePerlSession(folder: string): Promise<void> {
  step('A session that Perl has begun')
  const id = 'file-datadumper-plain'
  const file = join(folder, `cgisess_${id}`)
  copyFileSync(new URL(`../../scripts/samples/cgisess_${id}`, import.meta.url), file)
  say("   Data::Session 1.18 wrote this file, in Data::Dumper's format:")
  quote(readFileSync(file, 'latin1'))

  await using store = await SessionStore.open<{
    count: number
    user: { name: string }
    cart: { sku: string }[]
  }>({
    type: 'driver:File;id:SHA256;serialize:DataDumper',
    directory: folder,
    shared: true, // with a Perl program: nothing is kept but what Perl expects
    clock: () => 1_700_000_060_000, // a minute after Perl has written it
  })
  const session = await store.load(id)
  check(!session.isNew && session.param('user')?.name === 'Alice', "Perl's session is found")
  value('user', session.param('user'))
  value('count', session.param('count'))
  session.param('count', session.param('count')! + 1)
  session.param('cart')!.push({ sku: 'SKU-9' })
  check(await session.flush(), 'the change is stored')
  say('   Node counts once more and adds SKU-9 to the cart. The file now:')
  quote(readFileSync(file, 'latin1'))

  const expected = 'Alice has count 4 and in the cart SKU-1, SKU-2, SKU-9'
  const perl = readWithPerl(file)
  if (perl === undefined) {
    say('   There is no Perl with its Safe module on this machine. It would read:')
    value('perl', expected)
  } else {
    say('   Perl reads it back, in the way that Data::Session does:')
    value('perl', perl)
    check(perl === expected, 'Perl sees what Node has changed')
  }
}

/** What real Perl sees in the file; `undefined` when there is no Perl. */
function readWithPerl(file: string): string | undefined {
  if (spawnSync('perl', ['-MSafe', '-e', '1']).status !== 0) return undefined
  const script = `
    open my $file, '<:raw', $ARGV[0] or die "$ARGV[0]: $!";
    my $session = Safe->new->reval(join '', <$file>) or die "Perl cannot read it: $@";
    my $cart = join ', ', map { $_->{sku} } @{$session->{cart}};
    print "$session->{user}{name} has count $session->{count} and in the cart $cart";`
  const { status, stdout, stderr } = spawnSync('perl', ['-MSafe', '-e', script, file], { encoding: 'utf8' })
  check(status === 0, `Perl reads the file ${stderr}`)
  return stdout
}

async function stored(
  store: SessionStore<Shop>,
  values: Partial<Shop>,
  lifetime = '0',
): ReturnType<SessionStore<Shop>['create']> {
  const session = await store.create()
  session.param(values)
  session.expire(lifetime)
  await session.flush()
  return session
}

async function listIds(store: SessionStore<Shop>): Promise<string[]> {
  const ids: string[] = []
  await store.traverse((id) => ids.push(id))
  return ids
}

function show(session: Awaited<ReturnType<SessionStore<Shop>['load']>>): void {
  value('id', session.id)
  for (const name of session.param()) value(name, session.param(name))
}

function passTime(seconds: number): void {
  ahead += seconds
  say(`   … ${seconds} seconds later`)
}
