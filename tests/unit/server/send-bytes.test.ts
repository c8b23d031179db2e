import { createServer, get, type IncomingMessage } from 'node:http'
import { createApp, eventHandler, toNodeListener } from 'h3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sendBytes } from '../../../server/utils/send-bytes.ts'

const CHUNK = Buffer.alloc(64 * 1024, 'a')

/** A source that tells when it is closed; after `chunks` chunks it ends, or fails with the words given. */
function sourceOf(chunks: number, failure?: string) {
  const closed = Promise.withResolvers<null>()
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (let sent = 0; sent < chunks; sent += 1) yield CHUNK
      if (failure !== undefined) throw new Error(failure)
    } finally {
      closed.resolve(null)
    }
  }
  return { source: source(), closed: closed.promise }
}

/** What the log would tell of the latest request. */
let failure: unknown

/** Serves a source at an address of its own. */
async function serve(source: AsyncIterable<Uint8Array>): Promise<string> {
  const app = createApp().use(
    eventHandler(async (event) => {
      try {
        await sendBytes(event, source, { type: 'text/plain', isImmutable: true })
      } finally {
        failure = event.context.failure
      }
    }),
  )
  const server = createServer(toNodeListener(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}/`
}

describe('bytes sent to a reader', () => {
  it('are all there when the source ends, which is closed', async () => {
    const { source, closed } = sourceOf(5)
    const response = await fetch(await serve(source))
    expect((await response.bytes()).length).toBe(5 * CHUNK.length)
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(response.headers.get('cache-control')).toContain('immutable')
    await closed
  })

  it('break off when the source fails midway: the reader neither hangs nor takes half for whole', async () => {
    const { source, closed } = sourceOf(3, 'the store went away')
    const response = await fetch(await serve(source))
    await expect(response.bytes()).rejects.toThrow()
    await closed
    expect(failure).toMatchObject({ error: 'Error', frames: expect.any(Array) })
    expect(JSON.stringify(failure)).not.toContain('the store went away')
  })

  it('are no answer yet when the source fails at once', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => printed.mockRestore())
    const { source } = sourceOf(0, 'the store is away')
    const response = await fetch(await serve(source))
    expect(response.status).toBe(500)
  })

  it('are no longer fetched once the reader has left', async () => {
    const { source, closed } = sourceOf(Number.POSITIVE_INFINITY)
    const url = await serve(source)
    const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve))
    response.once('data', () => response.destroy())
    await closed
  })
})
