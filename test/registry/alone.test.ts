import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { root, runNode } from '../support/project.ts'

/** Modules of which a program may import one and no other. */
const FOLDERS = ['drivers', 'id-generators', 'serializers', 'src/layouts']
const MODULES = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder)).map((file) => `${folder}/${file.replace(/\.ts$/, '')}`),
)

describe('a program that imports this module first', () => {
  test.concurrent.for([...MODULES, 'src/plugin', 'src/testing/index', 'src/index'])('%s', async (module) => {
    const url = pathToFileURL(join(root, 'dist', `${module}.js`)).href
    const program = `import * as module from ${JSON.stringify(url)}; console.log(typeof module.default)`
    expect(await runNode(['--input-type=module', '--eval', program])).toEqual({
      code: 0,
      stdout: module.startsWith('src/') && !module.startsWith('src/layouts') ? 'undefined\n' : 'function\n',
      stderr: '',
    })
  })
})
