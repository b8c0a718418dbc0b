// Migrates between the stores in its one argument. Tells its parent how far it is, and what came of it.
import { migrate } from '../../dist/src/index.js'

const { from, to, options } = JSON.parse(process.argv[2])
const summary = await migrate(from, to, { ...options, onProgress: ({ done }) => process.send({ done }) })
process.send({ summary })
