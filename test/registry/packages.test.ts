import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, Project, root } from '../support/project.ts'
import { plugins } from './house.ts'

const PROGRAM = readFileSync(join(import.meta.dirname, 'program.mjs'), 'utf8')
const THREE = 'driver:TINY;id:words;serialize:reverse'
const FOUND = { type: 'driver:Tiny;id:words;serialize:Reverse', cart: ['apple'] }

/** Linked, so that its true folder is no neighbour of the plug-in packages. */
let project: Project

beforeAll(async () => {
  project = await Project.create()
  await project.link('data-session', root)
  await installPlugins(project)
  await project.write('program.mjs', PROGRAM)
})

afterAll(() => project.remove())

async function installPlugins(project: Project): Promise<void> {
  const names = readdirSync(plugins).filter((name) => name.startsWith('data-session-'))
  await Promise.all(names.map((name) => project.copy(name, join(plugins, name))))
}

/** Runs the program as `node program.mjs <type>`. */
function run(type: string, cwd = project.folder): Promise<Outcome> {
  return project.run([join(project.folder, 'program.mjs'), type], cwd)
}

/** Runs the program without a file of its own. */
function evaluate(type: string, cwd: string, program = PROGRAM): Promise<Outcome> {
  return project.run(['--input-type=module', '--eval', program, type], cwd)
}

function answer({ stdout, stderr }: Outcome): unknown {
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('a package named by convention is found', () => {
  test("beside the program's script", async () => {
    expect(answer(await run(THREE, tmpdir()))).toMatchObject(FOUND)
  })

  test('in the folder that the program runs in', async () => {
    expect(answer(await evaluate(THREE, project.folder))).toMatchObject(FOUND)
  })

  test('beside data-session', async () => {
    await using neighbours = await Project.create()
    await installCopy(neighbours)
    await installPlugins(neighbours)
    const url = pathToFileURL(
      join(neighbours.folder, 'node_modules', 'data-session', 'dist', 'src', 'index.js'),
    )
    const program = PROGRAM.replace("'data-session'", JSON.stringify(url.href))
    expect(answer(await evaluate(THREE, tmpdir(), program))).toMatchObject(FOUND)
  })
})

/** Opens a store for each type string and says what came of it. */
const PROBE = `
  import { SessionStore } from 'data-session'
  const outcomes = []
  for (const type of JSON.parse(process.argv.at(-1))) {
    const opening = SessionStore.open({ type })
    outcomes.push(await opening.then(() => 'opened', ({ name, message }) => name + ': ' + message))
  }
  console.log(JSON.stringify(outcomes))
`

test('a package that is there and does not work says why; only one that is not there is unknown', async () => {
  const broken: Record<string, Record<string, string>> = {
    fails: { 'index.js': 'throw new Error("FOO is not set")' },
    wants: { 'index.js': "import 'foo-client'" },
    gibberish: { 'index.js': 'class {' },
    unbuilt: {},
    damaged: { 'package.json': '{' },
    classless: { 'index.js': 'export const x = 1' },
    mainless: { 'package.json': '{ "exports": { "./x": "./index.js", ".": { "import": null } } }' },
  }
  for (const [plugin, files] of Object.entries(broken)) {
    const name = `data-session-driver-${plugin}`
    const manifest = { 'package.json': `{ "name": "${name}", "type": "module", "main": "index.js" }` }
    for (const [file, text] of Object.entries({ ...manifest, ...files })) {
      await project.write(`node_modules/${name}/${file}`, text)
    }
  }
  const types = [...Object.keys(broken), 'absent'].map((plugin) => `driver:${plugin}`)
  const outcomes = answer(await evaluate(JSON.stringify(types), project.folder, PROBE))
  expect(outcomes).toEqual([
    'Error: FOO is not set',
    expect.stringContaining("Cannot find package 'foo-client'"),
    expect.stringMatching(/^SyntaxError: /),
    expect.stringMatching(/^Error: Cannot find module .*data-session-driver-unbuilt/),
    expect.stringContaining('data-session-driver-damaged'),
    "InvalidPluginError: The module of driver 'classless' exports no class: export it as default or as 'classless'",
    expect.stringContaining('No "exports" main defined'),
    expect.stringMatching(
      /^UnknownPluginError: .*No package 'data-session-driver-absent' is installed either/,
    ),
  ])
})

describe('a plug-in that brings a copy of its own', () => {
  const OWN = 'node_modules/data-session-serializer-reverse/node_modules'

  test('of tsyringe and reflect-metadata', async () => {
    await using project = await Project.create()
    await project.link('data-session', root)
    await installPlugins(project)
    for (const name of ['tsyringe', 'tslib', 'reflect-metadata']) {
      await project.copy(name, join(root, 'node_modules', name), OWN)
    }
    const reverse = join(plugins, 'data-session-serializer-reverse', 'lib', 'reverse.js')
    await project.write(
      'node_modules/data-session-serializer-reverse/lib/reverse.js',
      readFileSync(reverse, 'utf8').replace(
        "import { inject, injectable, Options, ThawError } from 'data-session/plugin'",
        "import 'reflect-metadata'; import { inject, singleton as injectable } from 'tsyringe';" +
          "import { Options, ThawError } from 'data-session/plugin'",
      ),
    )
    const script = await project.write('program.mjs', PROGRAM)
    expect(answer(await project.run([script, THREE]))).toMatchObject(FOUND)
  })

  test('of data-session', async () => {
    await using project = await Project.create()
    await project.link('data-session', root)
    await installPlugins(project)
    await installCopy(project, OWN)
    const script = await project.write('program.mjs', PROGRAM)
    expect(answer(await project.run([script, THREE]))).toMatchObject(FOUND)
  })
})

/** Copies what a program needs of this package, and links what it depends on. */
async function installCopy(project: Project, folder = 'node_modules'): Promise<void> {
  for (const part of ['package.json', 'dist']) {
    await project.copy(`data-session/${part}`, join(root, part), folder)
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    await project.link(`data-session/node_modules/${name}`, join(root, 'node_modules', name), folder)
  }
}
