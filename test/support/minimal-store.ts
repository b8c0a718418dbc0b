import { beforeEach } from 'vitest'
import { Registry, SessionStore, type SessionOptions } from '../../src/index.ts'
import { TestClock } from './clock.ts'
import { MinimalDriver } from './minimal-driver.ts'

/** Makes `open()` give stores on one fresh `MinimalDriver` for each test, with a clock that the test moves. */
export function useMinimalStore(): {
  readonly clock: TestClock
  open(options?: SessionOptions): Promise<SessionStore>
  stored(id: string): Record<string, unknown>
} {
  const context = {
    clock: new TestClock(),
    open: (options: SessionOptions = {}): Promise<SessionStore> =>
      SessionStore.open({
        type: 'driver:Minimal;id:SHA256;serialize:JSON',
        registry: new Registry().register('driver', 'Minimal', MinimalDriver),
        clock: context.clock.now,
        ...options,
      }),
    stored: (id: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(MinimalDriver.records.get(id)!).toString()) as Record<string, unknown>,
  }
  beforeEach(() => {
    MinimalDriver.records.clear()
    MinimalDriver.calls = []
    context.clock = new TestClock()
  })
  return context
}
