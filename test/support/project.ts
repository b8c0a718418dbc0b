import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder of this package. What is linked or copied from it uses the `dist/` that `npm test` has built. */
export const root = join(import.meta.dirname, '..', '..')

/** What became of a program. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the Node that runs the tests. */
export function runNode(args: readonly string[], cwd?: string): Promise<Outcome> {
  return runCommand(process.execPath, args, cwd)
}

/** Runs a command to its end, with nothing to read. */
export function runCommand(command: string, args: readonly string[], cwd?: string): Promise<Outcome> {
  return new Promise((settle) => {
    const child = execFile(command, args, { cwd }, (error, stdout, stderr) => {
      settle({ code: error ? (child.exitCode ?? -1) : 0, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** Somebody's project: a folder outside of this package, with packages installed, in which programs run. */
export class Project {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<Project> {
    const project = new Project(await realpath(await mkdtemp(join(tmpdir(), 'data-session-project-'))))
    await project.write('package.json', '{ "private": true, "type": "module" }\n')
    return project
  }

  async write(path: string, text: string): Promise<string> {
    const file = join(this.folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }

  /** Installs a copy of a package's folder. */
  async copy(name: string, from: string, under = 'node_modules'): Promise<void> {
    await cp(from, join(this.folder, under, name), { recursive: true })
  }

  /** Installs a package as `npm link` does. */
  async link(name: string, to: string, under = 'node_modules'): Promise<void> {
    const link = join(this.folder, under, name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(to, link, 'junction')
  }

  async uninstall(name: string): Promise<void> {
    await rm(join(this.folder, 'node_modules', name), { recursive: true, force: true })
  }

  /** Runs a program in the project's folder, or elsewhere. */
  run(args: readonly string[], cwd = this.folder): Promise<Outcome> {
    return runNode(args, cwd)
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove()
  }
}
