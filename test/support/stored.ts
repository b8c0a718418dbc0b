import type { Driver } from '../../src/contracts/driver.ts'

export async function list(driver: Driver, expiredBefore?: number): Promise<string[]> {
  const ids: string[] = []
  for await (const id of driver.ids(expiredBefore === undefined ? {} : { expiredBefore })) ids.push(id)
  return ids.sort()
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export async function textOf(driver: Driver, id: string): Promise<string | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString()
}
