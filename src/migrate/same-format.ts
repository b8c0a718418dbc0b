import { isDeepStrictEqual } from 'node:util'
import { isKnown } from '../options.ts'
import type { Side } from './sides.ts'

/** The options of the library that decide how a record becomes bytes. Those of plug-ins may, too. */
const ofFormat: ReadonlySet<string> = new Set([
  'perlText',
  'perlBooleans',
  'perlJson',
  'storableOrder',
  'autoFormat',
  'autoConvert',
  'maxDepth',
  'maxImageBytes',
])

/** Whether the bytes of a record in one store mean the same in the other. */
export function haveSameFormat(one: Side, two: Side): boolean {
  return (
    one.records.serializer.constructor === two.records.serializer.constructor &&
    one.records.layout.constructor === two.records.layout.constructor &&
    isDeepStrictEqual(formatOptions(one), formatOptions(two))
  )
}

function formatOptions({ options }: Side): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => ofFormat.has(name) || !isKnown(name)))
}
