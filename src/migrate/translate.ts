import { FreezeError } from '../errors.ts'
import type { SessionRecord } from '../record.ts'
import type { RecordStore } from '../record-store.ts'
import { differences, TIMES } from './differences.ts'

/** A record as the target can have it. */
export interface Translation {
  readonly record: SessionRecord
  /** What the target's layout has no place for. */
  readonly dropped: readonly string[]
}

/** @throws FreezeError for a parameter with a name that the target's layout has for itself */
export function translate(record: SessionRecord, from: RecordStore, to: RecordStore): Translation {
  const isSameLayout = from.layout.constructor === to.layout.constructor
  const made = isSameLayout ? record : remade(record, to)
  const kept = to.asKept(made)
  const lost = differences({ ...made, extra: undefined }, { ...kept, extra: undefined })
  return { record: kept, dropped: [...lost, ...(isSameLayout ? [] : lostExtra(record, made))] }
}

/** What has a meaning in every layout, and of the rest what this one has a place for. */
function remade(record: SessionRecord, to: RecordStore): SessionRecord {
  const made = to.newRecord(record.id, record.ctime)
  for (const name of TIMES) made[name] = record[name]
  for (const name of record.params.keys()) {
    if (to.isReserved(name)) {
      throw new FreezeError(
        `layout:${to.layout.constructor.name}`,
        `a parameter with the name ${JSON.stringify(name)}, which it has for itself. Choose another layout`,
      )
    }
  }
  made.params = record.params
  made.owner = record.owner
  made.ptime = record.ptime
  for (const [key, value] of made.extra ?? []) made.extra!.set(key, record.extra?.get(key) ?? value)
  return made
}

function lostExtra(record: SessionRecord, made: SessionRecord): string[] {
  return [...(record.extra?.keys() ?? [])].filter((key) => !made.extra?.has(key))
}
