import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'

/** A line between the portal and a store, which a test may cut, mend, or alter what comes back over it. */
export interface Line {
  port: number
  /** Breaks every connection and refuses new ones. */
  cut(): void
  mend(): void
  /** What the store answers from now on, changed on the way; null for unchanged. */
  alter(change: ((chunk: Buffer) => Buffer) | null): void
  /** Connects to another place from now on. */
  redirect(target: Target): void
  close(): Promise<void>
}

export type Target = { host: string; port: number } | { path: string }

export async function openLine(target: Target): Promise<Line> {
  let isCut = false
  let change: ((chunk: Buffer) => Buffer) | null = null
  let goal = target
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = createConnection(goal)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('end', () => to.end())
      from.on('data', (chunk: Buffer) => to.write(from === far && change ? change(chunk) : chunk))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address')
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    alter(next) {
      change = next
    },
    redirect(next) {
      goal = next
      breakAll()
    },
    async close() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A line to the store behind an http URL, and the URL that goes over it. */
export async function openHttpLine(storeUrl: string): Promise<Line & { url: string }> {
  const url = new URL(storeUrl)
  const line = await openLine({ host: url.hostname, port: Number(url.port) })
  url.port = String(line.port)
  return { ...line, url: url.toString() }
}
