import { describe, expect, test } from 'vitest'
import { removeInBatches } from '../../src/batches.ts'
import { listByPages } from '../../src/pages.ts'

describe('removing in batches', () => {
  /** Removes from this many rows, and tells of each call. */
  const table = (rows: number, calls: number[] = []) => ({
    calls,
    removeSome: (limit: number) => {
      const count = Math.min(limit, rows)
      rows -= count
      calls.push(count)
      return count
    },
  })

  test('goes on until nothing is left', async () => {
    const { calls, removeSome } = table(1234)
    expect(await removeInBatches(removeSome)).toBe(1234)
    expect(calls.length).toBeGreaterThan(1)
    expect(await removeInBatches(async (limit) => removeSome(limit))).toBe(0)
  })

  test('lets others work in between', async () => {
    const { calls, removeSome } = table(1234)
    const removing = removeInBatches(removeSome)
    const before = calls.length
    await new Promise((resolve) => setImmediate(resolve))
    expect(calls.length).toBe(before)
    await removing
  })

  test('ends with the error of a batch', async () => {
    await expect(removeInBatches(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

describe('listing by pages', () => {
  test('asks for a page when half of the one before is through', async () => {
    const asked: number[] = []
    const pages = listByPages(0, (from) => {
      asked.push(from)
      const ids = ['a', 'b', 'c', 'd'].map((letter) => `${from}${letter}`)
      return { ids: from === 1 ? [] : ids, next: from < 2 ? from + 1 : undefined }
    })
    const seen: string[] = []
    for await (const id of pages) {
      seen.push(id)
      if (id === '0a') expect(asked).toEqual([0])
      if (id === '0c') expect(asked).toEqual([0, 1])
    }
    expect(seen).toEqual(['0a', '0b', '0c', '0d', '2a', '2b', '2c', '2d'])
    expect(asked).toEqual([0, 1, 2])
  })

  test('gives each id to one of those who ask at the same time', async () => {
    const pages = listByPages(0, async (from) => ({
      ids: [`${from}`],
      next: from < 3 ? from + 1 : undefined,
    }))
    const ids = pages[Symbol.asyncIterator]()
    const answers = await Promise.all(Array.from({ length: 6 }, () => ids.next()))
    expect(answers.map(({ value }) => value as unknown)).toEqual(['0', '1', '2', '3', undefined, undefined])
    expect(answers.map(({ done }) => done)).toEqual([false, false, false, false, true, true])
  })

  test('ends with the error of a page, after the ids before it', async () => {
    const seen: string[] = []
    const listing = (async () => {
      const pages = listByPages(0, async (from) => {
        if (from === 1) throw new Error('lost')
        return { ids: ['a', 'b', 'c'], next: 1 }
      })
      for await (const id of pages) seen.push(id)
    })()
    await expect(listing).rejects.toThrow('lost')
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('whoever leaves does not hear of an error of a page that was asked for ahead', async () => {
    const pages = listByPages(0, async (from) => {
      if (from === 1) throw new Error('lost')
      return { ids: ['a', 'b'], next: 1 }
    })
    for await (const id of pages) if (id === 'a') break
  })

  test('asks for no more pages when it is left', async () => {
    let asked = 0
    for await (const _ of listByPages('', async () => ({ ids: ['a'], next: String(asked++) }))) break
    expect(asked).toBe(1)
  })
})
