import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { StorageError } from '../../src/errors.ts'

/** The error that `work` must end with. */
export async function failure(work: () => unknown): Promise<StorageError> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(StorageError)
    expect((error as StorageError).cause).toBeInstanceOf(Error)
    return error as StorageError
  }
  return expect.unreachable()
}

/** Calls until it is answered; anything but an answer must be a `StorageError`. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      expect(error).toBeInstanceOf(StorageError)
      if (tries === 100) throw error
      await delay(50)
    }
  }
}
