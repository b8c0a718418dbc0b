import { setImmediate as breathe } from 'node:timers/promises'

/** How many items are taken in hand, at least, before others, such as a signal, get a turn. */
const smallestBatch = 64

/**
 * Does `work` with every item, with so many of them under way at a time, and `rest` now and then, while none is. Ends
 * early when the signal is aborted. Answers whether it came to the end.
 */
export async function inParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
  rest: () => void,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const batchSize = Math.max(smallestBatch, concurrency * 4)
  let batch: T[] = []
  const finish = async (): Promise<void> => {
    await workThrough(batch, concurrency, work)
    batch = []
    rest()
    await breathe()
  }
  for await (const item of items) {
    if (signal?.aborted) return false
    batch.push(item)
    if (batch.length === batchSize) await finish()
  }
  if (signal?.aborted) return false
  await finish()
  return true
}

async function workThrough<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const item of left) {
      // Where one fails, such as for a server that is gone, nobody begins with another.
      if (failures.length > 0) return
      await work(item).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
