import { onTestFinished } from 'vitest'
import BerkeleyDB from '../../drivers/BerkeleyDB.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { silent } from '../files/new-file-driver.ts'

/** Long enough for a busy machine; a test that wants to see the end of it says something shorter. */
const timeout = 25_000

/** A driver, opened, and closed when the test is over. */
export async function newDriver(options: PluginOptions): Promise<BerkeleyDB> {
  const driver = new BerkeleyDB({ timeout, ...options }, silent)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** What is stored under an id, as text. */
export async function textOf(driver: BerkeleyDB, id: string): Promise<string | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString()
}
