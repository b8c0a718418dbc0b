import type { PluginOptions } from '../../contracts/services.ts'
import { Registry } from '../../registry/registry.ts'
import type { ApacheSessionOptions } from './options.ts'
import { ApacheStorage } from './storage.ts'

/** A class that extends `ApacheStorage`. */
export type StorageClass = (new (
  options: PluginOptions,
) => ApacheStorage) & {
  options(): ApacheSessionOptions
}

/** What sessions are opened with that such a class keeps. */
export function optionsOf(Storage: StorageClass): ApacheSessionOptions {
  const name = Storage.name || 'Storage'
  return {
    type: `driver:${name};id:MD5;serialize:JSON;layout:ApacheSession`,
    registry: new Registry().register('driver', name, ApacheStorage.asDriver.call(Storage)),
    ...Storage.options(),
  }
}
