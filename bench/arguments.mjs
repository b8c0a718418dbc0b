import { parseArgs } from 'node:util'
import { BACKENDS } from './contenders/index.mjs'
import { OPERATIONS } from './operations.mjs'
import { SIZES } from './sessions.mjs'

/** What can be chosen with `--only`, by kind; a kind of which nothing is named is not restricted. */
const CHOICES = {
  backends: Object.keys(BACKENDS),
  sizes: Object.keys(SIZES),
  operations: OPERATIONS.map(({ name }) => name),
  ways: ['sequential', 'together'],
  extras: ['serializers', 'large-purge', 'large-migrate', 'large-traverse'],
}

const USAGE = `npm run bench -- [--short] [--large] [--only=…]

  --short   a few seconds in all: does it run? The figures mean little.
  --large   also traverses a million ids with SQLite and File, which takes minutes and some gigabytes of disk.
  --only    what to measure, parted by commas: ${Object.values(CHOICES).flat().join(', ')}
            --only=memory,1KB,load`

/** Reads the command line; ends the program with an explanation when it makes no sense. */
export function readArguments(args = process.argv.slice(2)) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        short: { type: 'boolean', default: false },
        large: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) leave(0, USAGE)
    return { ...values, ...choose(values) }
  } catch (error) {
    return leave(1, `${error.message}\n\n${USAGE}`)
  }
}

function choose({ only, large }) {
  const words = only.split(',').flatMap((word) => word.trim().toLowerCase() || [])
  const known = Object.values(CHOICES).flat()
  for (const word of words) {
    if (!known.some((name) => name.toLowerCase() === word))
      throw new Error(`There is no '${word}' to measure`)
  }
  const named = (kind) => CHOICES[kind].filter((name) => words.includes(name.toLowerCase()))
  const chosen = Object.fromEntries(Object.keys(CHOICES).map((kind) => [kind, named(kind)]))
  // Naming an extra means that alone, naming anything else means no extras.
  const compares = words.length === 0 || words.length > chosen.extras.length
  for (const kind of ['backends', 'sizes', 'operations', 'ways']) {
    if (!compares) chosen[kind] = []
    else if (chosen[kind].length === 0) chosen[kind] = CHOICES[kind]
  }
  if (words.length === 0) chosen.extras = CHOICES.extras.filter((name) => large || name !== 'large-traverse')
  return chosen
}

function leave(code, text) {
  ;(code === 0 ? console.log : console.error)(text)
  process.exit(code)
}
