import { createServer } from 'node:net'
import { freePort } from '../ports.ts'

const USUAL_PORT = 3000

/** The port asked for, which must be free; without one, 3000 or a free one. */
export async function portalPort(asked: number | undefined): Promise<number> {
  if (asked === undefined) return (await isFree(USUAL_PORT)) ? USUAL_PORT : freePort()
  if (await isFree(asked)) return asked
  throw new Error(`--port: expected a free port, ${asked} is in use`)
}

/** Another process may take it afterwards: whoever listens must still report that. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
}
