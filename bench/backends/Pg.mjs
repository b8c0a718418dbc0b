import { postgres } from '../../dist/test/services/index.js'
import { server } from '../aims.mjs'
import { assertOne, bareClient, byPages, PAGE } from '../contenders/bare-client.mjs'
import { now } from '../contenders/bare-record.mjs'
import { bare, express, ours, peer } from '../contenders/contender.mjs'
import { ownClient } from '../contenders/own-client.mjs'

const urlOf = ({ server: { port } }) => `postgres://session@127.0.0.1:${port}/session`

/** As many connections as the driver has, and plain queries. */
async function barePg(place, { conditional }) {
  const { Pool } = ownClient('pg')
  const pool = new Pool({ connectionString: urlOf(place), max: 10 })
  const table = place.name
  const type = conditional ? 'bytea' : 'text'
  const bound = conditional ? (json) => Buffer.from(json) : (json) => json
  await pool.query(`create table ${table} (id text collate "C" primary key, data ${type}, expires bigint)`)
  await pool.query(`create index on ${table} (expires)`)
  return bareClient({
    insert: (id, json, lifetime) =>
      pool.query(
        `insert into ${table} (id, data, expires) values ($1, $2, $3)` +
          (conditional ? ' on conflict (id) do nothing' : ''),
        [id, bound(json), now() + lifetime],
      ),
    async select(id) {
      const { rows } = await pool.query(`select data, expires from ${table} where id = $1`, [id])
      return rows[0].data.toString()
    },
    update: conditional
      ? async (id, json, lifetime, before) => {
          const { rowCount } = await pool.query(
            `update ${table} set data = $2, expires = $3 where id = $1 and data = $4`,
            [id, bound(json), now() + lifetime, bound(before)],
          )
          assertOne(rowCount)
        }
      : (id, json, lifetime) =>
          pool.query(`update ${table} set data = $2, expires = $3 where id = $1`, [
            id,
            json,
            now() + lifetime,
          ]),
    move: (id, lifetime) =>
      pool.query(`update ${table} set expires = $2 where id = $1`, [id, now() + lifetime]),
    traverse: conditional
      ? (visit) =>
          byPages(visit, async (after) => {
            const sql = `select id from ${table} where id > $1 order by id limit ${PAGE}`
            return (await pool.query(sql, [after])).rows.map(({ id }) => id)
          })
      : async (visit) => {
          const { rows } = await pool.query(`select id from ${table}`)
          for (const { id } of rows) visit(id)
        },
    purge: (time) => pool.query(`delete from ${table} where expires < $1`, [time]),
    remove: (id) => pool.query(`delete from ${table} where id = $1`, [id]),
    close: () => pool.end(),
  })
}

export default {
  service: 'postgres',
  start: postgres,
  aims: { ...server, change: 1 },
  batch: 20,
  clients: ['pg'],
  contenders: [
    bare('pg', (place) => barePg(place, { conditional: true })),
    bare('pg, blind', (place) => barePg(place, { conditional: false })),
    ours((place) => ({ dataSource: urlOf(place), tableName: place.name })),
    express('connect-pg-simple', 'pgStore'),
    peer('@keyv/postgres', async (place) => {
      const { default: KeyvPostgres } = await import('@keyv/postgres')
      const { keyv } = await import('../contenders/keyv.mjs')
      return keyv(new KeyvPostgres({ uri: urlOf(place), table: place.name, max: 10 }))
    }),
    peer('unstorage', async (place) => {
      const { default: connector } = await import('db0/connectors/postgresql')
      const { unstorageOnSql } = await import('../contenders/unstorage.mjs')
      return unstorageOnSql(connector({ url: urlOf(place) }), place.name)
    }),
  ],
}
