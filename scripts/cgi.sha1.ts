// As in a CGI program, but on the command line: the id comes from a request's form field, not from an option.
// Run it: npm run build && node dist/scripts/cgi.sha1.js
// In a program of your own: import { Query, Session } from 'data-session'
import { Query, Session } from '../src/index.ts'
import { runExample } from './run-example.ts'

await runExample('Finds a session by the id in a form field.', async (directory) => {
  const options = {
    type: 'driver:File;id:SHA1;serialize:DataDumper',
    directory,
    fileName: 'session.%s.dat',
  }

  // The first request comes without an id.
  const first = await Session.open({ ...options, query: new Query('colour=blue&size=L&size=XL') })
  // Copy the form's fields into the session.
  first.saveParam()
  console.log(`First request: new session ${first.id}`)
  await first.close()

  // The page had a hidden field named CGISESSID. A web server would put it into QUERY_STRING or the standard input,
  // where Query.fromEnvironment() finds it. Here we write it down.
  const query = new Query(`CGISESSID=${first.id}`)
  const second = await Session.open({ ...options, query })
  console.log(`Second request: ${second.isNew ? 'new' : 'known'} session ${second.id}`)
  for (const name of second.param()) console.log(`  ${name}: ${JSON.stringify(second.param(name))}`)
  await second.close()

  // An id that the store does not know is not taken over from a client: it gets a new one.
  const stranger = await Session.open({ ...options, query: new Query('CGISESSID=an-id-of-my-own') })
  console.log(`A request with an invented id: new session ${stranger.id}`)
  await stranger.close()
})
