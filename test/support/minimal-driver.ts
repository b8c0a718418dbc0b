import type { Driver, Image, StoredImage } from '../../src/plugin.ts'

/** A driver with the required verbs only, asynchronous in all of them, that remembers what it was asked. */
export class MinimalDriver implements Driver {
  static readonly records = new Map<string, Uint8Array>()
  static calls: string[] = []

  async retrieve(id: string): Promise<StoredImage | undefined> {
    MinimalDriver.calls.push('retrieve')
    const image = MinimalDriver.records.get(id)
    return image && { image: image.slice() }
  }

  async store(id: string, image: Image): Promise<void> {
    MinimalDriver.calls.push('store')
    MinimalDriver.records.set(id, image.slice())
  }

  async remove(id: string): Promise<boolean> {
    MinimalDriver.calls.push('remove')
    return MinimalDriver.records.delete(id)
  }

  async *ids(): AsyncGenerator<string> {
    yield* MinimalDriver.records.keys()
  }

  async close(): Promise<void> {}
}
