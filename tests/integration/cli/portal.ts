import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Request {
  method: string | undefined
  path: string | undefined
  headers: IncomingHttpHeaders
  body: unknown
}

interface Reply {
  status: number
  type?: string
  body?: unknown
}

/** A server that answers as the portal's API would, and remembers what it was asked. */
export async function startPortal(answer: (request: Request) => Reply) {
  const requests: Request[] = []
  const server = createServer(async (incoming, response) => {
    const { method, url: path, headers } = incoming
    const sent = await text(incoming)
    const request = { method, path, headers, body: sent === '' ? undefined : JSON.parse(sent) }
    requests.push(request)
    const { status, type = 'application/json', body } = answer(request)
    response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:9/' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** A problem document as the API answers it. */
export const problem = (
  status: number,
  code: string,
  detail: string,
  more: object = {},
): Reply => ({
  status,
  type: 'application/problem+json',
  body: { type: 'about:blank', title: 'Refused', status, detail, code, ...more },
})
