import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

interface Call {
  id: number
  method: string
  params: unknown[]
}

type Answer = { result: unknown } | { error: { code: number; message: string } } | 'silence'

/**
 * An Ethereum node between the portal and the real one, which answers some calls itself: null from `answer` passes it on,
 * `silence` is never answered.
 */
export interface RpcLine {
  url: string
  close(): Promise<void>
}

export async function openRpcLine(
  nodeUrl: string,
  answer: (method: string, params: unknown[]) => Answer | null,
): Promise<RpcLine> {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const call: Call = JSON.parse(body)
    const own = answer(call.method, call.params)
    if (own === 'silence') return
    response.setHeader('content-type', 'application/json')
    if (own) return void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...own }))
    const headers = { 'content-type': 'application/json' }
    const far = await fetch(nodeUrl, { method: 'POST', headers, body })
    response.end(await far.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
