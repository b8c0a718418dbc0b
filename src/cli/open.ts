import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { type OpenStore, openStore } from '../open-store.ts'
import type { SessionOptions } from '../options.ts'
import { storeOptions } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

/**
 * The options of a store that is there: opening it makes nothing.
 *
 * @throws InvalidOptionError when they do not say which store it is
 */
export async function existingStore(
  flags: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<SessionOptions & PluginOptions> {
  const options = await storeOptions(flags, terminal)
  const { type, directory, dataSource } = options
  if (type === undefined && directory === undefined) {
    throw new InvalidOptionError(
      dataSource === undefined
        ? 'Which store? Name it with --type and --data-source or --directory, or in data-session.config.yaml'
        : "What is the store like? Say it with --type, or let 'data-session doctor' find out",
    )
  }
  return { ...options, mustExist: true }
}

/** Lets a command read a store. Nothing in it changes. */
export async function withStore<Result>(
  flags: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  read: (store: OpenStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(await existingStore(flags, terminal))
  try {
    return await read(store)
  } finally {
    await store.records.close()
  }
}
