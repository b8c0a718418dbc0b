import { setTimeout as delay } from 'node:timers/promises'
import { removeInBatches } from '../batches.ts'
import type {
  ConditionalResult,
  Driver,
  DriverLock,
  IdsOptions,
  Image,
  StoredImage,
} from '../contracts/driver.ts'
import type { Clock, PluginOptions } from '../contracts/services.ts'
import { ClosedError, SessionError } from '../errors.ts'
import { asBuffer } from '../image-text.ts'
import { listByPages } from '../pages.ts'
import { expiryIn, storedExpiry } from '../stored-expiry.ts'
import { readTimeout } from '../timeout-option.ts'
import { Deadline } from './deadline.ts'
import type { Dialect, Server } from './dialect.ts'
import { checkServerId } from './id-rules.ts'
import { boundExpected, boundImage, checkImage, imageIn, otherTextOf } from './image-column.ts'
import type { Answer, Links, Value } from './link.ts'
import { NamedLocks } from './named-locks.ts'
import { openServerTable } from './open-table.ts'
import { serverError } from './server-error.ts'
import type { ServerTable } from './server-table.ts'
import { once, type Statement, type ValueName } from './statement.ts'
import { readTableNames, type TableNames } from './table-names.ts'
import {
  type ConditionalStatements,
  type ExpiryStatements,
  type Paged,
  pageSize,
  type Statements,
  writeStatements,
} from './texts.ts'

type Given = Readonly<Partial<Record<ValueName, Value>>>

/** What an open driver has. */
interface Opened {
  readonly server: Server
  readonly table: ServerTable
  readonly statements: Statements
}

/** A place in one of some lists: after that row, as the server gave it, or at the beginning. */
interface Place {
  readonly list: number
  readonly row: readonly Value[] | undefined
}

/** How often a statement is run anew in one call, when its connection was lost, or others were in its way. */
const mostTries = 20

/**
 * A driver for an SQL server, complete but for the dialect: a row for each session, one statement for each verb, and a
 * deadline for each call.
 */
export abstract class ServerDriver implements Driver {
  /** From `open` on, if the database can compare images. */
  replace?: (
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ) => Promise<ConditionalResult>
  /** As `replace`. */
  removeIf?: (id: string, expected: Image) => Promise<ConditionalResult>
  /** From `open` on, if the table has the column and nobody else writes it. */
  touch?: (id: string, lifetime: number | undefined) => Promise<boolean>
  /** As `touch`. */
  purge?: (now: number) => Promise<number>
  /** From `open` on, if there are locks by name. */
  tryLock?: (id: string) => Promise<DriverLock | undefined>

  readonly #names: TableNames
  readonly #timeout: number
  readonly #shared: boolean
  readonly #locks: NamedLocks | undefined
  #opened: Opened | undefined

  protected constructor(
    private readonly dialect: Dialect,
    private readonly options: PluginOptions,
    private readonly clock: Clock,
  ) {
    const { shared } = options
    this.#timeout = readTimeout(options)
    this.#shared = shared === true
    this.#names = readTableNames(options)
    this.#locks = dialect.lockWords && NamedLocks.fromOptions(options, dialect.lockWords)
  }

  async open(): Promise<void> {
    const { dialect, options } = this
    const server = await dialect.connect(options, this.#timeout)
    try {
      const table = await this.#call(server, (run) =>
        openServerTable(dialect, (sql, values = []) => run(once(sql), values), this.#names, options),
      )
      const statements = writeStatements(dialect.marks, dialect.words(table))
      this.#opened = { server, table, statements }
      if (statements.conditional) this.#offerConditional(statements.conditional)
      if (statements.expiry && !this.#shared) this.#offerExpiry(statements.expiry)
      if (this.#locks) this.#offerLocks(this.#locks, server)
    } catch (error) {
      await server.links.close()
      throw error
    }
  }

  /** Refuses what the column cannot hold exactly. */
  checkId(id: string): void {
    checkServerId(this.dialect.product, this.#ready.table, id)
  }

  async retrieve(id: string): Promise<StoredImage | undefined> {
    const { statements } = this.#ready
    const { rows } = await this.#one(statements.retrieve, { id })
    const row = rows[0]
    if (!row) return undefined
    const image = imageIn(this.dialect, this.#ready.table, row.at(-1))
    // Without touch the column does not count.
    return this.touch ? { image, expires: expiryIn(numberIn(row[0])) } : { image }
  }

  async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
    const { statements } = this.#ready
    const given = this.#record(id, image, lifetime)
    const { store } = statements
    await this.#change(id, async (run) => {
      if (store) {
        await run(store, given)
        return
      }
      for (;;) {
        if (await this.#found(run, statements.overwrite, given)) return
        if (await this.#insert(run, given)) return
      }
    })
  }

  async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
    const given = this.#record(id, image, lifetime)
    return this.#change(id, (run) => this.#insert(run, given))
  }

  async remove(id: string): Promise<boolean> {
    const { remove } = this.#ready.statements
    return this.#change(id, async (run) => (await run(remove, { id })).count > 0)
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    const { list, expiry } = this.#ready.statements
    if (expiredBefore === undefined || !expiry || this.#shared) return this.#list([list], {})
    return this.#list([expiry.unknown, expiry.expired], { now: expiredBefore })
  }

  tableSql(): readonly string[] {
    return this.dialect.tableSql(this.#names, this.options)
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.server.links.close()
  }

  get #ready(): Opened {
    if (!this.#opened) throw new ClosedError(`The ${this.dialect.product} store`)
    return this.#opened
  }

  #offerConditional({ replace, removeIf, unchanged }: ConditionalStatements): void {
    this.replace = async (id, expected, image, lifetime) => {
      const given = { ...this.#record(id, image, lifetime), ...this.#expected(expected) }
      const same = this.dialect.countsChangesOnly === true && asBuffer(expected).equals(image)
      return this.#ifUnchanged(id, replace, given, same ? unchanged : undefined)
    }
    this.removeIf = async (id, expected) =>
      this.#ifUnchanged(id, removeIf, { id, ...this.#expected(expected) }, undefined)
  }

  #offerExpiry({ touch, purge }: ExpiryStatements): void {
    this.touch = async (id, lifetime) => {
      const expires = storedExpiry(this.clock, lifetime)
      return this.#work((run) => this.#found(run, touch, { id, expires }))
    }
    this.purge = (now) => removeInBatches(async () => (await this.#one(purge, { now })).count)
  }

  #offerLocks(locks: NamedLocks, server: Server): void {
    this.tryLock = (id) => locks.tryHold(id, server.links, (work) => this.#inTime(server, work))
  }

  /** One list after the other, by pages. */
  #list(lists: readonly Paged[], given: Given): AsyncIterable<string> {
    return listByPages<Place>({ list: 0, row: undefined }, async ({ list, row }) => {
      const { first, next } = lists[list]!
      const { rows } = row
        ? await this.#one(next, { ...given, afterId: row[0]!, afterExpires: row[1] ?? null })
        : await this.#one(first, given)
      const { table } = this.#ready
      return { ids: this.#idsIn(rows, table), next: placeAfter(rows, list, lists.length) }
    })
  }

  #idsIn(rows: Answer['rows'], table: ServerTable): string[] {
    const ids: string[] = []
    for (const row of rows) {
      const id = this.dialect.readId(row[0], table)
      if (id !== undefined) ids.push(id)
    }
    return ids
  }

  /** A duplicate may be another id that the table takes for this one, or another rule of the table. */
  async #insert(run: Run, given: Given): Promise<boolean> {
    const { create, exists } = this.#ready.statements
    for (let tries = 1; ; tries += 1) {
      try {
        return (await run(create, given)).count > 0
      } catch (error) {
        if (!this.dialect.isDuplicate(error)) throw error
        if ((await run(exists, given)).rows.length > 0) return false
        // It may have gone in between, and again, where others make and remove it all the time.
        if (tries === mostTries) throw error
        await delay(Math.random() * tries)
      }
    }
  }

  /** Whether an update found its row. */
  async #found(run: Run, update: Statement, given: Given): Promise<boolean> {
    if ((await run(update, given)).count > 0) return true
    if (!this.dialect.countsChangesOnly) return false
    return (await run(this.#ready.statements.exists, given)).rows.length > 0
  }

  /** @param unchanged finds a row that there was nothing to change in, where the count leaves these out */
  async #ifUnchanged(
    id: string,
    statement: Statement,
    given: Given,
    unchanged: Statement | undefined,
  ): Promise<ConditionalResult> {
    return this.#change(id, async (run) => {
      if ((await run(statement, given)).count > 0) return 'done'
      if (unchanged && (await run(unchanged, given)).rows.length > 0) return 'done'
      const { rows } = await run(this.#ready.statements.exists, given)
      return rows.length > 0 ? 'changed' : 'absent'
    })
  }

  /** Somebody else's writes would not move the time of expiry: then there is none. */
  #record(id: string, image: Image, lifetime: number | undefined): Given {
    const { server, table } = this.#ready
    checkImage(server.called, this.dialect, table, image, this.#shared)
    const expires = this.#shared && !table.expiresForAll ? null : storedExpiry(this.clock, lifetime)
    return { id, image: boundImage(table, image), expires }
  }

  #expected(expected: Image): Given {
    const { table } = this.#ready
    return {
      expected: boundExpected(this.dialect, table, expected),
      expectedText: otherTextOf(table, expected),
    }
  }

  #one(statement: Statement, given: Given): Promise<Answer> {
    return this.#work((run) => run(statement, given))
  }

  /** What writes a session, under its lock if there is one. */
  #change<T>(id: string, work: (run: Run) => Promise<T>): Promise<T> {
    const locks = this.#locks
    if (!locks) return this.#work(work)
    return this.#work(work, (links, deadline, locked) => locks.with(id, links, deadline, locked))
  }

  #work<T>(work: (run: Run) => Promise<T>, around?: Around<T>): Promise<T> {
    const given: Work<T> = (run) =>
      work((statement, values) =>
        run(
          statement,
          statement.values.map((name) => values[name] ?? null),
        ),
      )
    return this.#call(this.#ready.server, given, around)
  }

  #call<T>(server: Server, work: Work<T>, around?: Around<T>): Promise<T> {
    return this.#inTime(server, (deadline) => {
      const workOn = (links: Links) =>
        work((statement, values) => this.#run(links, deadline, statement, values))
      return around ? around(server.links, deadline, workOn) : workOn(server.links)
    })
  }

  /** Does what one call of the driver does, within its deadline. */
  async #inTime<T>(server: Server, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(server.called, this.#timeout)
    try {
      return await work(deadline)
    } catch (error) {
      if (error instanceof SessionError) throw error
      throw serverError(server.called, error, this.dialect.advice(error))
    } finally {
      deadline.end()
    }
  }

  async #run(
    links: Links,
    deadline: Deadline,
    statement: Statement,
    values: readonly Value[],
  ): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const { link, giveBack } = await links.borrow(deadline, statement.reads)
      try {
        return await deadline.wait(link.run(statement, values), () => link.cut())
      } catch (error) {
        const lost = link.broken
        if (lost) links.distrust()
        // A write whose connection was lost may have been done.
        const again = this.dialect.isUndone(error) || (lost && statement.repeatable)
        if (deadline.over || !again || !links.renews || tries === mostTries) throw error
        if (!lost) await delay(Math.random() * tries * 5)
      } finally {
        giveBack()
      }
    }
  }
}

type Run = (statement: Statement, given: Given) => Promise<Answer>

/** What a call does, by a function that runs a statement with the values for its marks. */
type Work<T> = (run: (statement: Statement, values: readonly Value[]) => Promise<Answer>) => Promise<T>

/** What is to happen before and after the work. */
type Around<T> = (links: Links, deadline: Deadline, work: (links: Links) => Promise<T>) => Promise<T>

/** Some clients give integers of 64 bits as text. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' ? Number(value) : value
}

function placeAfter(rows: Answer['rows'], list: number, lists: number): Place | undefined {
  if (rows.length === pageSize) return { list, row: rows.at(-1) as Value[] }
  return list + 1 < lists ? { list: list + 1, row: undefined } : undefined
}
