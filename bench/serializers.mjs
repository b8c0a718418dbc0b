import { registry } from '../dist/src/index.js'
import { compare } from './measure.mjs'
import { Field } from './operations.mjs'
import { formatRatio, formatTable } from './report.mjs'
import { makeSession, SIZES } from './sessions.mjs'

const NAMES = ['JSON', 'Devalue', 'YAML', 'DataDumper']
const VARIETY = 50

const DIRECTIONS = [
  { name: 'freeze', step: ({ contender, hashes }, _id, n) => contender.freeze(hashes[n % VARIETY]) },
  { name: 'thaw', step: ({ contender, images }, _id, n) => contender.thaw(images[n % VARIETY]) },
]

/** How fast the serializers are beside the `JSON` of the language. MB are those of the same data as JSON. */
export async function measure({ short, print }) {
  const settings = short ? { rounds: 2, batch: 1 } : { rounds: 21, batch: 10 }
  const serializers = [bare, ...(await ours())]
  const rows = []
  for (const [size, bytes] of Object.entries(SIZES)) {
    const hashes = Array.from({ length: VARIETY }, (_, n) => makeSession(n, bytes))
    const megabytes = JSON.stringify(hashes).length / VARIETY / 1e6
    const fields = serializers.map((serializer) => {
      const images = hashes.map((hash) => serializer.freeze(hash))
      return Object.assign(new Field(serializer), { hashes, images })
    })
    for (const direction of DIRECTIONS) {
      const results = await compare(fields, direction, 1, settings)
      results.forEach(({ ns, ratio }, at) => {
        const { name } = serializers[at]
        rows.push({
          serializer: name,
          size,
          direction: direction.name,
          mbPerSecond: megabytes / (ns / 1e9),
          ratio,
        })
      })
    }
  }
  print(
    `\nSerializers, MB of JSON a second, and how many times slower than JSON.stringify and JSON.parse\n${table(rows)}`,
  )
  return rows
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
    const serializer = new pluginClass({})
    return { name, freeze: (hash) => serializer.freeze(hash), thaw: (image) => serializer.thaw(image) }
  })
}

function table(rows) {
  const columns = Object.keys(SIZES).flatMap((size) => DIRECTIONS.map(({ name }) => [size, name]))
  const names = [...new Set(rows.map(({ serializer }) => serializer))]
  return formatTable([
    ['', ...columns.map(([size, direction]) => `${direction} ${size}`)],
    ...names.map((name) => [
      name,
      ...columns.map(([size, direction]) => {
        const row = rows.find(
          (row) => row.serializer === name && row.size === size && row.direction === direction,
        )
        return `${row.mbPerSecond.toFixed(row.mbPerSecond < 10 ? 1 : 0)} ${formatRatio(row.ratio).padStart(6)}`
      }),
    ]),
  ])
}
