import type { Driver } from '../contracts/driver.ts'
import { ClosedError, StorageError } from '../errors.ts'

/** Stands for a store that is not there, and is not made: as the driver of an empty one, that nobody writes to. */
export class AbsentDriver implements Driver {
  /** @param driver what a store would have, not opened */
  constructor(private readonly driver: Driver) {}

  checkId(id: string): void {
    try {
      this.driver.checkId?.(id)
    } catch (error) {
      // Some know only from the table which ids it can hold.
      if (!(error instanceof ClosedError)) throw error
    }
  }

  retrieve(): undefined {}

  store(): never {
    throw new StorageError('There is no such store')
  }

  remove(): boolean {
    return false
  }

  ids(): Iterable<string> {
    return []
  }

  close(): void {}
}
