// The cookie that carries a session's id to the browser, and the HTTP header around it.
// Run it: npm run build && node dist/scripts/cookie.js
// In a program of your own: import { Session } from 'data-session'
import { Session } from '../src/index.ts'
import { runExample } from './run-example.ts'

await runExample("Prints a session's cookie and HTTP header.", async (directory) => {
  await using session = await Session.open({
    type: 'driver:File;id:SHA256;serialize:JSON',
    directory,
    name: 'sid', // of the cookie; left out it is CGISESSID
    cookie: { httpOnly: true, sameSite: 'Lax' },
  })
  session.param('name', 'Alice')

  console.log('Until the browser is closed:')
  console.log(`  ${session.cookie()}`)

  session.expire('2h')
  console.log('As long as the session lives, two hours:')
  console.log(`  ${session.cookie()}`)

  console.log('For one part of the site, over HTTPS only:')
  console.log(`  ${session.cookie({ path: '/shop', secure: true })}`)

  console.log('In a header, as a CGI program prints it before the page:')
  for (const line of session.httpHeader({ charset: 'utf-8' }).trimEnd().split('\r\n'))
    console.log(`  ${line}`)

  // Once a session has ended its cookie lies in the past, so that the browser forgets the id.
  await session.delete()
  console.log('After the session was deleted:')
  console.log(`  ${session.cookie()}`)
})
