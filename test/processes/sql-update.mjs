// node sql-update.mjs DRIVER DATASOURCE TABLE TIMES: adds 1 to `count` in the session 'counter', TIMES times.
import { SessionStore } from '../../dist/src/index.js'

const [driver, dataSource, tableName, times] = process.argv.slice(2)
const store = await SessionStore.open({
  type: `driver:${driver};id:MD5;serialize:JSON`,
  dataSource,
  tableName,
  timeout: 30_000,
})
for (let left = Number(times); left > 0; left -= 1) {
  await store.update('counter', (session) => {
    session.param('count', (session.param('count') ?? 0) + 1)
  })
}
await store.close()
