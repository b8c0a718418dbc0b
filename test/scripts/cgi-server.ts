import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server on 127.0.0.1 that runs one CGI program for every request, as RFC 3875 has it. */
export class CgiServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(script: string, environment: NodeJS.ProcessEnv): Promise<CgiServer> {
    const server = createServer((request, response) => {
      run(script, environment, request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CgiServer(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

async function run(
  script: string,
  environment: NodeJS.ProcessEnv,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method = 'GET', url = '/' } = request
  const program = spawn(process.execPath, [script], {
    env: {
      ...environment,
      GATEWAY_INTERFACE: 'CGI/1.1',
      REQUEST_METHOD: method,
      QUERY_STRING: new URL(url, 'http://localhost').search.slice(1),
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: headers['content-length'] ?? '',
      HTTP_COOKIE: headers.cookie ?? '',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  request.pipe(program.stdin)
  // A program that does not read what was posted is in its right.
  program.stdin.on('error', () => {})
  const [output, errors, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`The program ended with code ${code}: ${errors}`)
  const end = output.indexOf('\r\n\r\n')
  for (const line of output.slice(0, end).split('\r\n')) {
    const colon = line.indexOf(': ')
    response.appendHeader(line.slice(0, colon), line.slice(colon + 2))
  }
  response.end(output.slice(end + 4))
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
