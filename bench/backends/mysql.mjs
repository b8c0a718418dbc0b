import { mariadb } from '../../dist/test/services/index.js'
import { server } from '../aims.mjs'
import { assertOne, bareClient, byPages, PAGE } from '../contenders/bare-client.mjs'
import { now } from '../contenders/bare-record.mjs'
import { bare, express, ours, peer } from '../contenders/contender.mjs'
import { ownClient } from '../contenders/own-client.mjs'

const urlOf = ({ server: { port } }) => `mysql://root@127.0.0.1:${port}/session`

/** As many connections as the driver has, and prepared statements. */
async function bareMysql(place, { conditional }) {
  const pool = ownClient('mysql2/promise').createPool({ uri: urlOf(place), connectionLimit: 8 })
  const table = place.name
  const [idType, type] = conditional ? ['varbinary(255)', 'longblob'] : ['varchar(255)', 'longtext']
  await pool.query(
    `create table ${table} (id ${idType} primary key, data ${type} not null, expires bigint, index (expires))`,
  )
  return bareClient({
    insert: (id, json, lifetime) =>
      pool.execute(`insert into ${table} (id, data, expires) values (?, ?, ?)`, [id, json, now() + lifetime]),
    async select(id) {
      const [rows] = await pool.execute(`select data, expires from ${table} where id = ?`, [id])
      return rows[0].data.toString()
    },
    update: conditional
      ? async (id, json, lifetime, before) => {
          const [{ affectedRows }] = await pool.execute(
            `update ${table} set data = ?, expires = ? where id = ? and data = ?`,
            [json, now() + lifetime, id, before],
          )
          assertOne(affectedRows)
        }
      : (id, json, lifetime) =>
          pool.execute(`update ${table} set data = ?, expires = ? where id = ?`, [
            json,
            now() + lifetime,
            id,
          ]),
    move: (id, lifetime) =>
      pool.execute(`update ${table} set expires = ? where id = ?`, [now() + lifetime, id]),
    traverse: conditional
      ? (visit) =>
          byPages(visit, async (after) => {
            const sql = `select id from ${table} where id > ? order by id limit ${PAGE}`
            const [rows] = await pool.execute(sql, [after])
            return rows.map(({ id }) => id.toString())
          })
      : async (visit) => {
          const [rows] = await pool.execute(`select id from ${table}`)
          for (const { id } of rows) visit(id)
        },
    purge: (time) => pool.execute(`delete from ${table} where expires < ?`, [time]),
    remove: (id) => pool.execute(`delete from ${table} where id = ?`, [id]),
    close: () => pool.end(),
  })
}

export default {
  service: 'mariadb',
  // As MySQL has it by itself.
  // With room for all sessions, as a server of one's own has.
  start: () => mariadb(['--character-set-server=utf8mb4', '--innodb-buffer-pool-size=512M']),
  aims: server,
  batch: 20,
  clients: ['mysql2'],
  contenders: [
    bare('mysql2', (place) => bareMysql(place, { conditional: true })),
    bare('mysql2, blind', (place) => bareMysql(place, { conditional: false })),
    ours((place) => ({ dataSource: urlOf(place), tableName: place.name })),
    express('express-mysql-session', 'mysqlStore'),
    peer('@keyv/mysql', async (place) => {
      const { default: KeyvMysql } = await import('@keyv/mysql')
      const { keyv } = await import('../contenders/keyv.mjs')
      return keyv(new KeyvMysql({ uri: urlOf(place), table: place.name, connectionLimit: 8 }))
    }),
    peer('unstorage', async (place) => {
      const { default: connector } = await import('db0/connectors/mysql2')
      const { unstorageOnSql } = await import('../contenders/unstorage.mjs')
      return unstorageOnSql(connector({ uri: urlOf(place) }), place.name)
    }),
  ],
}
