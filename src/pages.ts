import type { Awaitable } from './contracts/awaitable.ts'

/** Some ids in the order of the key, and where the next page begins; no `next` after the last page. */
export interface Page<Position> {
  readonly ids: readonly string[]
  readonly next: Position | undefined
}

/**
 * Lists ids page by page, each page its own query that begins after the last one's end. Nothing is locked or
 * kept open in between, and rows that come and go meanwhile do not shift what follows.
 */
export async function* listByPages<Position>(
  begin: Position,
  readPage: (from: Position) => Awaitable<Page<Position>>,
): AsyncGenerator<string, void, undefined> {
  let from: Position | undefined = begin
  while (from !== undefined) {
    const page: Page<Position> = await readPage(from)
    for (const id of page.ids) yield id
    from = page.next
  }
}
