import File from '../../drivers/File.ts'
import type { Awaitable } from '../../src/contracts/awaitable.ts'
import type { Logger, PluginOptions } from '../../src/contracts/services.ts'
import type { FlockFinder } from '../../src/files/find-flock.ts'

/** 2033-05-18, and no whole second. */
export const NOW = 2_000_000_000

export const silent: Logger = { warn: () => {}, debug: () => {} }

/** An opened File driver. Its clock stands at half past `NOW`. */
export function newFileDriver(options: PluginOptions, finder?: FlockFinder, logger: Logger = silent): File {
  const driver = new File(options, () => NOW * 1000 + 500, logger, finder)
  driver.open()
  return driver
}

export const image = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is stored under an id, as text. */
export async function textOf(driver: File, id: string): Promise<string | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString()
}

export async function all<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Runs what may throw at once or later: both become a rejection. */
export async function later<T>(work: () => Awaitable<T>): Promise<T> {
  return work()
}
