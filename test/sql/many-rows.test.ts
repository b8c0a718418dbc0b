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
  test('asks for a page when the one before is used up', async () => {
    const asked: number[] = []
    const pages = listByPages(0, (from) => {
      asked.push(from)
      return { ids: from === 1 ? [] : [`${from} a`, `${from} b`], next: from < 2 ? from + 1 : undefined }
    })
    const seen: string[] = []
    for await (const id of pages) {
      seen.push(id)
      if (id === '0 a') expect(asked).toEqual([0])
    }
    expect(seen).toEqual(['0 a', '0 b', '2 a', '2 b'])
    expect(asked).toEqual([0, 1, 2])
  })

  test('asks for no more pages when it is left', async () => {
    let asked = 0
    for await (const _ of listByPages('', async () => ({ ids: ['a'], next: String(asked++) }))) break
    expect(asked).toBe(1)
  })
})
