import { isUtf8 } from 'node:buffer'
import { Spool } from './spool.ts'
import type { Key, KeyPages } from './records.ts'

/** Lets `work` go through the keys, from the first behind `after` on. */
export type List = (work: (pages: KeyPages) => Promise<void>, after?: Key) => Promise<void>

/**
 * The ids of an ordered database, page by page, with everybody free to change it in between: the next page begins
 * behind the last key.
 */
export async function* listInOrder(list: List): AsyncGenerator<string> {
  let after: Key | undefined
  for (;;) {
    let page: Buffer[] | undefined
    await list(async (pages) => {
      page = await pages.next()
    }, after)
    if (page === undefined) return
    for (const key of page) if (isUtf8(key)) yield key.toString()
    const last = page.at(-1)
    after = last && Uint8Array.from(last)
  }
}

/**
 * The ids of a Hash. Its order tells nobody who comes back where he was, if the key is gone that he had come to, so all
 * keys are noted at once, and then told one by one with everybody free to change the database.
 */
export async function* listAtOnce(list: List): AsyncGenerator<string> {
  const spool = new Spool()
  try {
    await list(async (pages) => {
      for (let page = await pages.next(); page; page = await pages.next()) {
        for (const key of page) if (isUtf8(key)) spool.add(key)
      }
    })
    for (const key of spool.all()) yield key.toString()
  } finally {
    spool.close()
  }
}
