import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { COMMANDS, type Answer, type Stores } from './commands.ts'
import { RpcError } from './errors.ts'

const API_PATH = '/api/v0/'

/** An HTTP server for the calls in COMMANDS, answering as Kubo's RPC API does. Not listening yet. */
export function createRpcServer(stores: Stores): Server {
  // A file of 250 MB may take its time; the reader on the other side is ours.
  return createServer({ requestTimeout: 0 }, (request, response) => {
    serve(stores, request, response).catch((error: unknown) => {
      fail(response, error)
      // What is left of the body is taken and dropped: a client that still sends would not listen.
      request.resume()
    })
  })
}

async function serve(
  stores: Stores,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isBrowser(request)) return refuse(request, response, 403, '403 - Forbidden')
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'OPTIONS, POST')
    return refuse(request, response, 405, '405 - Method Not Allowed')
  }
  const url = new URL(request.url ?? '', 'http://127.0.0.1')
  const command = url.pathname.startsWith(API_PATH)
    ? COMMANDS.get(url.pathname.slice(API_PATH.length))
    : undefined
  if (command === undefined) return refuse(request, response, 404, '404 page not found')
  await send(response, await command(stores, url.searchParams, request))
}

/**
 * Whether a page may be behind a request: its address in Origin or Referer, a browser's name, or a
 * host name that was made to point here. Such a page must not reach the node.
 */
function isBrowser({ headers }: IncomingMessage): boolean {
  return (
    headers.origin !== undefined ||
    headers.referer !== undefined ||
    (headers['user-agent'] ?? '').startsWith('Mozilla') ||
    !/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '')
  )
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  request.resume()
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`)
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'json') {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(`${JSON.stringify(answer.value)}\n`)
    return
  }
  if (answer.kind === 'lines') {
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'X-Chunked-Output': '1',
      Trailer: 'X-Stream-Error',
    })
    for (const line of answer.lines) response.write(`${JSON.stringify(line)}\n`)
    if (answer.error !== undefined) response.addTrailers({ 'X-Stream-Error': answer.error })
    response.end()
    return
  }
  const pieces = answer.pieces[Symbol.asyncIterator]()
  // An error before the first byte can still be told; a later one breaks the connection off.
  const first = await pieces.next()
  response.writeHead(200, { 'Content-Type': 'text/plain', 'X-Stream-Output': '1' })
  await pipeline(Readable.from(prepend(first, pieces), { objectMode: false }), response)
}

async function* prepend(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value
}

/** Kubo's form of an error, or a broken connection where the answer has already begun. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = error instanceof RpcError ? error.status : 500
  if (!(error instanceof RpcError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  }
  const Message = error instanceof Error ? error.message : String(error)
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify({ Message, Code: 0, Type: 'error' })}\n`)
}
