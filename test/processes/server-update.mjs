// node server-update.mjs DRIVER DATA_SOURCE ID TIMES: adds 1 to the parameter 'count' of the session ID, TIMES times.
import { SessionStore } from '../../dist/src/index.js'

const [driver, dataSource, id, times] = process.argv.slice(2)
const store = await SessionStore.open({
  type: `driver:${driver};id:SHA256;serialize:JSON`,
  dataSource,
  timeout: 30_000,
})
for (let left = Number(times); left > 0; left -= 1) {
  await store.update(id, (session) => session.param('count', session.param('count') + 1))
}
await store.close()
// Nothing is left that would keep this process alive.
