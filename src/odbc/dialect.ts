import type { PluginOptions } from '../contracts/services.ts'
import type { Ask, Dialect, Server, Words } from '../sql/dialect.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { TableNames } from '../sql/table-names.ts'
import type { Source } from './connect.ts'
import { OdbcFailure } from './failure.ts'
import type { Grammar } from './grammar.ts'
import { grammars } from './grammars.ts'
import { odbcServer } from './links.ts'
import { type Product, productBehind } from './products.ts'

const advices: Readonly<Record<string, string>> = {
  '28000': 'Check the options username and password',
  IM001:
    'The ODBC driver must tell what the values of a statement are to be; psqlodbc does with UseServerSidePrepare=1',
  IM002:
    'Name the data source in odbc.ini, or the driver as DRIVER=…; odbcinst -q -s and odbcinst -q -d list them',
}

/** The dialect of the database that is found behind an ODBC driver; for one store. */
export class OdbcDialect implements Dialect {
  readonly marks = 'question'
  #product: Product | undefined
  #grammar: Grammar = grammars.other()
  #server: Server | undefined
  #source: Source | undefined

  get product(): string {
    return this.#grammar.product
  }

  get textHoldsNul(): boolean {
    return this.#grammar.textHoldsNul
  }

  get perlReadsTextAsBytes(): boolean {
    return this.#grammar.perlReadsTextAsBytes
  }

  get countsChangesOnly(): boolean {
    return this.#grammar.countsChangesOnly ?? false
  }

  async connect(options: PluginOptions, timeout: number): Promise<Server> {
    const { server, source } = await odbcServer(options, timeout)
    this.#server = server
    this.#source = source
    return server
  }

  async findTable(ask: Ask, names: TableNames, options: PluginOptions): Promise<ServerTable | undefined> {
    this.#learn((this.#product ??= await productBehind(ask)))
    const table = await this.#grammar.findTable(ask, names, options)
    // A text is bound with a NUL at its end.
    return table && table.id.holds === 'all' ? { ...table, id: { ...table.id, holds: 'all but NUL' } } : table
  }

  tableSql(names: TableNames, options: PluginOptions): readonly string[] {
    return this.#grammar.tableSql(names, options)
  }

  words(table: ServerTable): Words {
    return this.#grammar.words(table)
  }

  readBytes(value: unknown): Uint8Array {
    return this.#grammar.readBytes(value)
  }

  readId(value: unknown, table: ServerTable): string | undefined {
    return this.#grammar.readId(value, table)
  }

  isDuplicate(error: unknown): boolean {
    return this.#grammar.isDuplicate(error)
  }

  isUndone(error: unknown): boolean {
    return (error instanceof OdbcFailure && error.isUndone) || this.#grammar.isUndone(error)
  }

  advice(error: unknown): string | undefined {
    if (!(error instanceof OdbcFailure)) return undefined
    if (/database .* does not exist/.test(error.message)) return 'Make the database first'
    return advices[error.code] ?? this.#grammar.advice(error)
  }

  #learn(product: Product): void {
    this.#grammar = grammars[product]()
    if (!this.#source || this.#source.product === product) return
    // Those that are open were not told what this database has to be told.
    this.#source.product = product
    this.#server?.links.distrust()
  }
}
