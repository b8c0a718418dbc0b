import { createRequire } from 'node:module'

/**
 * A client package of the library's own folder, which its driver uses too: packages in the folder of the benchmark may
 * have brought another version.
 */
export const ownClient = createRequire(new URL('../../package.json', import.meta.url))
