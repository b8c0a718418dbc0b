import { join } from 'node:path'
import { inProcess } from '../aims.mjs'
import { bareFiles } from '../contenders/bare-files.mjs'
import { bare, express, ours } from '../contenders/contender.mjs'

export default {
  aims: { ...inProcess, load: 1.2, change: 1.2, create: 1.2 },
  population: 2000,
  contenders: [
    bare('node:fs', bareFiles),
    ours(({ folder }) => ({ directory: join(folder, 'data-session') })),
    express('session-file-store', 'fileStore'),
  ],
}
