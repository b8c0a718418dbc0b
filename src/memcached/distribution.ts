import { crc32 } from 'node:zlib'
import { InvalidOptionError } from '../errors.ts'
import type { MemjsClient } from './memjs.ts'

/** Which of so many servers has an id: a number below that. `key` is what it is kept under. */
export type Distribution = (id: string, key: string, servers: number) => number

export type DistributionName = 'perl' | 'memjs'

/** The option `distribution`. */
export function readDistribution(given: unknown): DistributionName | undefined {
  if (given === undefined || given === 'perl' || given === 'memjs') return given
  throw new InvalidOptionError("distribution must be 'perl' or 'memjs'")
}

export function distributionOf(client: MemjsClient, name: DistributionName): Distribution {
  return name === 'perl' ? perlDistribution : (_, key) => Number(client.getServer(key))
}

/** As Perl's Cache::Memcached does it, which leaves its `namespace` out. */
function perlDistribution(id: string, _key: string, servers: number): number {
  return ((crc32(id) >>> 16) & 0x7fff) % servers
}
