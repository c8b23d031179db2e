import { createServer } from 'node:net'

/**
 * A TCP port on 127.0.0.1 that nobody listens on at this moment, chosen by the operating system.
 * Another process may take it before it is used: whoever listens must still report that failure.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') {
          reject(new Error(`free port: expected a TCP address, got ${String(address)}`))
        } else {
          resolve(address.port)
        }
      })
    })
  })
}

/** The usual port, or a free one where that is taken: addresses people noted then mostly stay right. */
export const usualPort = async (usual: number): Promise<number> =>
  (await isFree(usual)) ? usual : freePort()

/** Whether nobody listens on a port of 127.0.0.1 at this moment; another process may take it afterwards, as above. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
}
