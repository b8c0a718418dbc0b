import type { PluginOptions } from '../../contracts/services.ts'
import type { SessionOptions } from '../../options.ts'
import { DEFAULT_TYPE, formatTypeString } from '../../type-string.ts'
import type { Findings } from './findings.ts'

/** The options with which this library opens a store as it is. */
export function adviseOptions(
  driver: string,
  place: SessionOptions & PluginOptions,
  findings: Findings,
): SessionOptions & PluginOptions {
  const { formats, formatsOfSessions, layouts, variants, ids, misread } = findings
  const [serialize = 'DataDumper', ...others] = (
    formatsOfSessions.most === undefined ? formats : formatsOfSessions
  ).sorted.map(([format]) => format)
  const layout = layouts.sorted.find(([name]) => name !== 'unknown')?.[0] ?? DEFAULT_TYPE.layout
  const id = ids.sorted.find(([generator]) => generator !== 'other')?.[0] ?? DEFAULT_TYPE.id
  const isMixed = others.length > 0
  return {
    type: formatTypeString({ driver, id, serialize: isMixed ? 'Auto' : serialize, layout }),
    ...place,
    ...(isMixed && serialize !== 'DataDumper' && { autoFormat: serialize }),
    ...(serialize === 'Storable' &&
      variants.of('network') * 2 > formats.of('Storable') && { storableOrder: 'network' }),
    // CGI::Session reads JSON with JSON::Syck.
    ...(serialize === 'JSON' && (layout === 'CGISession' || variants.of('syck') > 0) && { perlJson: 'syck' }),
    ...(misread.asUtf8 < misread.byDefault && { perlText: 'utf8' }),
  }
}

/** What a person should know besides. */
export function remarksOn(findings: Findings, advised: SessionOptions): string[] {
  const { layouts, texts, ids, formats, misread, records, empty, damaged } = findings
  const remarks: string[] = []
  if (records - empty - damaged > 0 && layouts.sorted.every(([name]) => name === 'unknown')) {
    remarks.push(
      'No record has the keys of a layout that is known: all that is in one is taken for parameters.',
    )
  } else if (layouts.of('unknown') > 0) {
    remarks.push(`The layout of ${layouts.of('unknown')} of the records is unknown: they may be no sessions.`)
  }
  const known = layouts.sorted.filter(([name]) => name !== 'unknown')
  if (known.length > 1) {
    remarks.push('There is more than one layout, and a store has one: the most frequent was chosen.')
  }
  if (formats.sorted.length > 1 && advised.type?.includes('serialize:Auto') === true) {
    remarks.push(
      'There is more than one format: serialize:Auto reads each, and writes each in its own again.',
    )
  }
  if (texts.of('double') > 0) {
    remarks.push('Some text was encoded in UTF-8 twice (CafÃ©): that can only be repaired by who wrote it.')
  } else if (Math.min(misread.byDefault, misread.asUtf8) > 0) {
    remarks.push('Some text is in UTF-8 octets and some is not: no value of perlText suits both.')
  }
  if (ids.of('other') > 0 && ids.most === 'other') {
    remarks.push('The ids are like those of no generator here: new ones will look different.')
  }
  if (known.some(([name]) => name !== 'ExpressSession')) {
    remarks.push('While the Perl application goes on using the store, add shared: true.')
  }
  return remarks
}
