import type { Awaitable } from './contracts/awaitable.ts'
import { itemsOf } from './items-of.ts'

/** Some ids in the order of the key, and where the next page begins; no `next` after the last page. */
export interface Page<Position> {
  readonly ids: readonly string[]
  readonly next: Position | undefined
}

/**
 * Lists ids page by page, each page its own query that begins after the last one's end. Nothing is locked or
 * kept open in between, and rows that come and go meanwhile do not shift what follows.
 */
export function listByPages<Position>(
  begin: Position,
  readPage: (from: Position) => Awaitable<Page<Position>>,
): AsyncIterable<string> {
  return itemsOf(pagesFrom(begin, readPage))
}

async function* pagesFrom<Position>(
  begin: Position,
  readPage: (from: Position) => Awaitable<Page<Position>>,
): AsyncGenerator<readonly string[], void, undefined> {
  let from: Position | undefined = begin
  while (from !== undefined) {
    const page: Page<Position> = await readPage(from)
    yield page.ids
    from = page.next
  }
}
