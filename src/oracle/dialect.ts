import type { PluginOptions } from '../contracts/services.ts'
import type { Ask, Dialect, Server, Words } from '../sql/dialect.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { TableNames } from '../sql/table-names.ts'
import type { OracleError } from './client.ts'
import type { ImageForm } from './link.ts'
import { oracleServer } from './links.ts'
import { findOracleTable, oracleTableSql } from './table.ts'
import { isOldLong, oracleWords } from './words.ts'

const duplicate = 'ORA-00001'
const undone = ['ORA-00060', 'ORA-08177']

const advices: Readonly<Record<string, string>> = {
  'NJS-123': 'Something else holds a lock for too long (option timeout)',
  'NJS-516': 'Say where tnsnames.ora is, by dataSourceAttrs.configDir or the variable TNS_ADMIN',
  'NJS-517': 'tnsnames.ora does not have this name',
  'ORA-00942': 'The table was there when the store was opened',
  'ORA-01017': 'Check the options username and password',
  'ORA-01031': 'The user may not do this; grant it',
  'ORA-12514': 'The listener does not know that service',
}

/** For one store: how images are bound depends on its table. */
export class OracleDialect implements Dialect {
  readonly product = 'Oracle'
  readonly marks = 'colon'
  readonly textHoldsNul = false
  readonly perlReadsTextAsBytes = false
  readonly #form: ImageForm = { column: undefined }
  #merges = true

  connect(options: PluginOptions, timeout: number): Promise<Server> {
    return oracleServer(options, timeout, this.#form)
  }

  async findTable(ask: Ask, names: TableNames): Promise<ServerTable | undefined> {
    const table = await findOracleTable(ask, names)
    if (!table) return undefined
    this.#form.column = table.data.type
    this.#merges = !isOldLong(table)
    return table
  }

  tableSql(names: TableNames): readonly string[] {
    return oracleTableSql(names)
  }

  words(table: ServerTable): Words {
    return oracleWords(table)
  }

  /** To Oracle no bytes are null. */
  readBytes(value: unknown): Uint8Array {
    return (value ?? Buffer.alloc(0)) as Uint8Array
  }

  readId(value: unknown, { id }: ServerTable): string {
    return id.pads ? String(value).replace(/ +$/, '') : String(value)
  }

  isDuplicate(error: unknown): boolean {
    return !this.#merges && codeOf(error) === duplicate
  }

  /** A merge that finds no row, and one when it inserts, did nothing: somebody else was faster. */
  isUndone(error: unknown): boolean {
    const code = codeOf(error)
    return undone.includes(code) || (this.#merges && code === duplicate)
  }

  advice(error: unknown): string | undefined {
    return advices[codeOf(error)]
  }
}

function codeOf(error: unknown): string {
  return String((Object(error) as OracleError).code)
}
