import { inProcess } from '../aims.mjs'
import { bareMemory } from '../contenders/bare-memory.mjs'
import { bare, express, ours } from '../contenders/contender.mjs'

export default {
  aims: inProcess,
  contenders: [
    bare('Map of JSON', bareMemory),
    ours(({ folder }) => ({ memoryName: folder })),
    express('express-session', 'memoryStore'),
    express('memorystore', 'lruMemoryStore'),
  ],
}
