import { tracingChannel } from 'node:diagnostics_channel'
import { Server, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** A connection says its first request within this time, and every later one; Node looks for those every 30 s. */
const HEADERS_MS = 10_000
/** A request with its body: a photo of 10 MB at 1.5 Mbit/s. */
const REQUEST_MS = 60_000
const IDLE_MS = 5_000
/** Browsers send about twenty. */
const MAX_HEADERS = 100
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n'

/**
 * Bounds what one connection may hold of the server by being slow or long-winded. Nitro makes the server itself and hands
 * it to nobody, so it is met where Node tells that it begins to listen. The size of a request line with its headers is bounded
 * by Node: 16 KiB, above which it answers 431.
 */
export default defineNitroPlugin(() => {
  tracingChannel<'net.server.listen', { server?: unknown }>(
    'net.server.listen',
  ).asyncStart.subscribe((message) => {
    const server = 'server' in Object(message) ? Reflect.get(Object(message), 'server') : null
    if (server instanceof Server) bound(server)
  })
})

function bound(server: Server): void {
  server.headersTimeout = HEADERS_MS
  server.requestTimeout = REQUEST_MS
  server.keepAliveTimeout = IDLE_MS
  server.maxHeadersCount = MAX_HEADERS
  const waiting = new WeakMap<Socket, NodeJS.Timeout>()
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => {
      if (socket.writable) socket.end(TIMED_OUT)
      socket.destroySoon()
    }, HEADERS_MS)
    waiting.set(socket, timer)
    socket.once('close', () => clearTimeout(timer))
  })
  server.on('request', ({ socket }: IncomingMessage) => {
    clearTimeout(waiting.get(socket))
    waiting.delete(socket)
  })
}
