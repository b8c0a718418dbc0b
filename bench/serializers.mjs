import { registry } from '../dist/src/index.js'
import { aimFor, PERL } from './serializer-aims.mjs'
import { startPerl } from './serializer-perl.mjs'
import { medianTime, takeTurns, timer, timesAsLong } from './serializer-rounds.mjs'
import { formatSerializers } from './serializer-table.mjs'
import { makeSession, SIZES } from './sessions.mjs'

/** Those that the registry does not have are left out. */
const NAMES = [
  'JSON',
  'Devalue',
  'YAML',
  'DataDumper',
  'Storable',
  'FreezeThaw',
  'Base64',
  'UUEncode',
  'Sybase',
]
/** FreezeThaw has no characters beyond Latin-1. */
const WITHOUT_WIDE = ['FreezeThaw']
const DIRECTIONS = ['freeze', 'thaw']
const MEBIBYTE = 1024 * 1024

/**
 * How fast the serializers are beside the `JSON` of the language, and beside real Perl with the same records. MB are
 * those of the same data as JSON.
 */
export async function measure({ short, print }) {
  const settings = short ? { rounds: 2, batch: 1, judge: false } : { rounds: 11, batch: 15, judge: true }
  const serializers = [bare, ...(await ours())]
  const perl = await startPerl()
  print(
    `\nSerializers, medians of ${settings.rounds} rounds. Perl: ${perl ? perl.version : 'not here'}. MB: of the same data as JSON.`,
  )
  const rows = []
  try {
    for (const [size, bytes] of Object.entries(short ? SIZES : { ...SIZES, '1MB': MEBIBYTE })) {
      const hashes = Array.from({ length: bytes < MEBIBYTE ? 50 : 5 }, (_, n) => makeSession(n, bytes))
      const measured = await measureSize(serializers, perl, hashes, settings)
      for (const direction of DIRECTIONS) {
        const table = measured.filter((row) => row.direction === direction)
        print(`\n${direction}, sessions of ${size}\n${formatSerializers(table)}`)
      }
      rows.push(...measured.map((row) => ({ size, ...row })))
    }
  } finally {
    await perl?.end()
  }
  const verdicts = rows.flatMap(({ perl }) => perl?.met ?? [])
  if (!short && perl) {
    print(`\nAims beside Perl met: ${verdicts.filter(Boolean).length} of ${verdicts.length}.`)
  }
  return rows
}

async function measureSize(serializers, perl, hashes, settings) {
  const records = hashes.map((hash) => JSON.stringify(hash))
  const megabytes = Buffer.byteLength(records.join('')) / records.length / 1e6
  await perl?.load(records)
  const contenders = serializers.map((serializer) => ({
    ...serializer,
    images: hashes.map((hash) => serializer.freeze(hash)),
    codecs: perl ? codecsFor(serializer.name, perl) : [],
  }))

  const rows = []
  for (const direction of DIRECTIONS) {
    const entries = contenders.map(({ name, codecs, images, ...steps }) => ({
      name,
      codecs: codecs.map((codec) => ({ name: codec, time: (count) => perl.time(codec, direction, count) })),
      time: timer(steps[direction], direction === 'freeze' ? hashes : images),
    }))
    await takeTurns(
      entries.flatMap((entry) => [entry, ...entry.codecs]),
      settings,
    )
    for (const entry of entries) {
      if (entry.error) throw entry.error
      const row = { serializer: entry.name, direction, ...speed(entry, megabytes) }
      row.timesJson = timesAsLong(entry, entries[0])
      if (entry.codecs.length === 0) rows.push(row)
      for (const codec of entry.codecs) {
        rows.push({
          ...row,
          perl: beside(entry, codec, megabytes, settings.judge ? aimFor(entry.name, direction) : undefined),
        })
      }
    }
  }
  return rows
}

/** The codecs of Perl to compare with: of each list the first that is there. */
function codecsFor(serializer, perl) {
  return (PERL[serializer] ?? []).map((codecs) => codecs.find((name) => !perl.missing(name)) ?? codecs[0])
}

function beside(entry, codec, megabytes, aim) {
  if (codec.error) return { codec: codec.name, missing: codec.error.message }
  const ratio = timesAsLong(codec, entry)
  const met = aim === undefined ? undefined : ratio >= aim
  return { codec: codec.name, ...speed(codec, megabytes), ratio, aim, met }
}

function speed(entry, megabytes) {
  const perSecond = 1e9 / medianTime(entry)
  return { mbPerSecond: megabytes * perSecond, recordsPerSecond: perSecond }
}

const bare = {
  name: 'bare JSON',
  freeze: (hash) => Buffer.from(JSON.stringify(hash)),
  thaw: (image) => JSON.parse(image.toString()),
}

async function ours() {
  const there = registry.list('serializer').map(({ name }) => name)
  const found = await Promise.all(
    NAMES.filter((name) => there.includes(name)).map((name) => registry.find('serializer', name)),
  )
  return found.map(({ name, pluginClass }) => {
    const serializer = new pluginClass({ perlText: WITHOUT_WIDE.includes(name) ? 'utf8' : undefined })
    return { name, freeze: (hash) => serializer.freeze(hash), thaw: (image) => serializer.thaw(image) }
  })
}
