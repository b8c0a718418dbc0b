#!/usr/bin/env node
import { isatty } from 'node:tty'
import { run } from './program.ts'

const stopped = new AbortController()

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  screens: { out: isatty(1), err: isatty(2) },
  columns: process.stdout.columns ?? 80,
  stopped: stopped.signal,
})
