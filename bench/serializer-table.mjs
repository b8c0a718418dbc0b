import { formatRatio, formatTable } from './report.mjs'

const HEAD = [
  '',
  'MB/s',
  'records/s',
  'time of JSON',
  'beside',
  'MB/s',
  'records/s',
  'ours : Perl',
  'aim',
  '',
]

/** One table for a size and a direction. */
export function formatSerializers(rows) {
  const notes = rows.flatMap(({ serializer, perl }) =>
    perl?.missing ? `${serializer}: beside ${perl.codec}: not measured: ${perl.missing.trim()}` : [],
  )
  return [formatTable([HEAD, ...rows.map(formatRow)]), ...notes].join('\n')
}

function formatRow({ serializer, timesJson, perl, ...speed }) {
  return [serializer, ...formatSpeed(speed), formatRatio(timesJson), ...formatPerl(perl)]
}

function formatPerl(perl) {
  if (perl === undefined) return Array(6).fill('')
  if (perl.missing) return [perl.codec, ...Array(5).fill('–')]
  const { codec, ratio, aim, met } = perl
  const verdict = aim === undefined ? ['', ''] : [`≥ ${formatRatio(aim)}`, met ? 'met' : 'MISSED']
  return [codec, ...formatSpeed(perl), formatRatio(ratio), ...verdict]
}

function formatSpeed({ mbPerSecond, recordsPerSecond }) {
  return [mbPerSecond, recordsPerSecond].map((value) => value.toFixed(value < 10 ? 1 : 0))
}
