import type { Clock } from '../contracts/services.ts'
import { itemsOf } from '../items-of.ts'
import { dumpKeys } from './dump.ts'
import { earliestExpiry } from './expiry.ts'
import { storageError } from './failures.ts'
import type { Servers } from './servers.ts'

/** Which ids are wanted: those that expire before `before`, and, if `unknown`, those that are kept for ever. */
export interface Wanted {
  readonly before: number
  readonly unknown: boolean
}

/** Every id, server by server. */
export function listIds(servers: Servers, clock: Clock, wanted: Wanted | undefined): AsyncIterable<string> {
  return itemsOf(pagesOf(servers, clock, wanted))
}

async function* pagesOf(
  servers: Servers,
  clock: Clock,
  wanted: Wanted | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  for (const line of servers.lines) {
    try {
      for await (const page of dumpKeys(line.server, servers.timeout)) {
        const chosen = wanted ? page.filter(({ expiry }) => isWanted(wanted, clock, expiry)) : page
        const ids: string[] = []
        for (const { key } of chosen) {
          const id = servers.keys.idOf(key)
          // Perl's client may have left one where nobody looks for it, when another server was down.
          if (id !== undefined && servers.lineOf(id) === line) ids.push(id)
        }
        yield ids
      }
    } catch (error) {
      throw storageError(line.called, servers.timeout, error)
    }
  }
}

function isWanted({ before, unknown }: Wanted, clock: Clock, expiry: number | undefined): boolean {
  return expiry === undefined ? unknown : earliestExpiry(clock, expiry) < before
}
