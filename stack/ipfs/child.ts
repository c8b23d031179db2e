import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { serveParent } from '../process.ts'
import { openBlocks } from './blocks.ts'
import { openPins } from './pins.ts'
import { createRpcServer } from './server.ts'

export interface IpfsArgument {
  dir: string
  /** 0 lets the system choose. */
  port: number
}

export interface IpfsReady {
  port: number
}

serveParent<IpfsArgument, IpfsReady>(async ({ dir, port }) => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const blocks = await openBlocks(join(dir, 'blocks'))
  const pins = await openPins(join(dir, 'pins'))
  const server = createRpcServer({ blocks, pins })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new Error(`IPFS store: expected a TCP address, got ${String(address)}`)
  }
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { ready: { port: address.port }, stop }
})
