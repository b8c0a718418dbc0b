import { Registry, type SessionOptions, SessionStore } from '../../src/index.ts'
import type { Driver } from '../../src/plugin.ts'
import { contextOf, type FakeClock, fakeClock, newStorage } from '../../src/testing/context.ts'
import type { DriverSetup } from '../../src/testing/index.ts'

/** A storage of a setup's, and stores that are open on it. */
export interface SetupStorage {
  readonly clock: FakeClock
  /** One more store on the same storage, by a driver of its own. */
  open(options?: SessionOptions): Promise<SessionStore>
}

/** Does something with stores on an empty storage of a driver's setup, and cleans up whatever happens. */
export async function onStorageOf<T>(
  setup: DriverSetup,
  work: (storage: SetupStorage) => Promise<T>,
): Promise<T> {
  const clock = fakeClock()
  const storage = newStorage()
  const stores: SessionStore[] = []
  const open = async (options: SessionOptions = {}): Promise<SessionStore> => {
    const driver = await setup.create(contextOf(clock, storage))
    const registry = new Registry().register('driver', 'Setup', classOf(driver))
    const type = 'driver:Setup;id:MD5;serialize:JSON'
    const store = await SessionStore.open({ type, registry, clock, ...options })
    stores.push(store)
    return store
  }
  try {
    return await work({ clock, open })
  } finally {
    for (const store of stores) await store.close()
    await setup.destroy?.(storage)
  }
}

/** A class that makes this one driver: a constructor may answer with another object than its own. */
function classOf(driver: Driver): new () => Driver {
  class Made {
    readonly isMade = true
    constructor() {
      return driver as unknown as Made
    }
  }
  return Made as unknown as new () => Driver
}
