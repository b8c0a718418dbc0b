import type { Clock } from '../contracts/services.ts'
import { itemsOf } from '../items-of.ts'
import { expiryOf } from './expiry.ts'
import type { Keys } from './keys.ts'
import type { RedisLink } from './link.ts'
import type { Server } from './server.ts'

/** How many places of its table Redis looks at for a page. */
const pageSize = '1000'

/** Which ids are wanted: those that expire before `before`, and, if `unknown`, those that Redis keeps for ever. */
export interface Wanted {
  readonly before: number
  readonly unknown: boolean
}

/** Every id, node by node and page by page. */
export function listIds(
  server: Server,
  keys: Keys,
  clock: Clock,
  wanted: Wanted | undefined,
): AsyncIterable<string> {
  return itemsOf(pagesOf(server, keys, clock, wanted))
}

async function* pagesOf(
  server: Server,
  keys: Keys,
  clock: Clock,
  wanted: Wanted | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  for (const node of await server.nodes()) {
    const recent = new RecentIds()
    for await (const page of scan(server, node, keys.pattern)) {
      const chosen = wanted ? await choose(server, node, page, clock, wanted) : page
      const ids: string[] = []
      for (const key of chosen) {
        const id = keys.idOf(key)
        if (id !== undefined && recent.isNew(id)) ids.push(id)
      }
      yield ids
    }
  }
}

/** A place in a scan means something to the process that gave it only, so that all pages take one connection. */
async function* scan(server: Server, node: RedisLink, pattern: string): AsyncGenerator<Buffer[]> {
  const connection = {}
  for (let cursor = '0'; ; ) {
    const [next, page] = (await server.ask(node, {
      words: ['SCAN', cursor, 'MATCH', pattern, 'COUNT', pageSize],
      key: undefined,
      repeatable: true,
      connection,
    })) as [Buffer, Buffer[]]
    yield page
    cursor = next.toString()
    if (cursor === '0') return
  }
}

async function choose(
  server: Server,
  node: RedisLink,
  page: readonly Buffer[],
  clock: Clock,
  { before, unknown }: Wanted,
): Promise<Buffer[]> {
  // All at once: the client sends them one behind the other, without waiting.
  const left = await Promise.all(
    page.map((key) => server.ask(node, { words: ['PTTL', key], key: undefined, repeatable: true })),
  )
  return page.filter((_, index) => {
    const expires = expiryOf(clock, Number(left[index]))
    return expires === undefined ? unknown : expires < before
  })
}

/**
 * The ids that came last, some thousands. When Redis makes its table smaller during a scan, it begins again with the
 * place that it is at, which is a larger part of the table then: it gives some of what it has just given once more.
 */
class RecentIds {
  #these = new Set<string>()
  #before = new Set<string>()

  isNew(id: string): boolean {
    if (this.#before.has(id)) return false
    const { size } = this.#these
    if (this.#these.add(id).size === size) return false
    if (size === 1999) {
      this.#before = this.#these
      this.#these = new Set()
    }
    return true
  }
}
