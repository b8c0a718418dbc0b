// Tables for people.

/** Aligned columns; the first to the left, the others to the right. */
export function formatTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column]))))
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column], column > 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function formatTime(ns) {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`
  if (ns < 1e6) return `${(ns / 1e3).toFixed(ns < 1e4 ? 2 : 1)} µs`
  if (ns < 1e9) return `${(ns / 1e6).toFixed(ns < 1e7 ? 2 : 1)} ms`
  return `${(ns / 1e9).toFixed(1)} s`
}

export function formatRatio(ratio) {
  return `×${ratio.toFixed(ratio < 10 ? 2 : 0)}`
}

/** One table for a backend and a size. */
export function formatComparison({ backend, size, population, contenders, rows }) {
  const judged = rows.some(({ verdict }) => verdict !== undefined)
  const head = ['', ...contenders.map(({ name }) => name), ...(judged ? ['aim', '', 'ahead of all'] : [])]
  const body = rows.map(({ title, results, verdict }) => [
    title,
    ...results.map(formatResult),
    ...(judged ? formatVerdict(verdict) : []),
  ])
  const notes = contenders
    .filter(({ missing }) => missing)
    .map(({ name, missing }) => `${name}: not measured: ${missing}`)
  for (const { title, results } of rows) {
    results.forEach(({ error }, at) => {
      if (error && !contenders[at].missing && !error.startsWith('has no ')) {
        notes.push(`${contenders[at].name}, ${title}: not measured: ${error}`)
      }
    })
  }
  return [
    `${backend}, sessions of ${size}, ${population} of them: time of one call, and how many times that of the bare client`,
    formatTable([head, ...body]),
    ...notes,
  ].join('\n')
}

function formatResult({ ns, ratio, error }, at) {
  if (error) return '–'
  return at === 0 ? formatTime(ns) : `${formatTime(ns)} ${pad(formatRatio(ratio), 7, true)}`
}

function formatVerdict({ aim, met, ahead }) {
  return [
    aim === undefined ? '' : `≤ ${formatRatio(aim)}`,
    met === undefined ? '' : met ? 'met' : 'MISSED',
    ahead === undefined ? '' : ahead ? 'yes' : 'NO',
  ]
}

function pad(text, length, toTheRight) {
  const space = ' '.repeat(Math.max(0, length - width(text)))
  return toTheRight ? space + text : text + space
}

function width(text) {
  return [...text].length
}
