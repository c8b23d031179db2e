import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { startChild, type Exit } from '../process.ts'
import type { IpfsArgument, IpfsReady } from './child.ts'

export interface Ipfs {
  /** For kubo-rpc-client: http://127.0.0.1:<port>/api/v0 */
  apiUrl: string
  pid: number
  stop(): Promise<void>
  /** Resolves when the store has ended, for whatever reason. */
  exited: Promise<Exit>
}

/**
 * Starts the IPFS store on the folder `dir`: a server on 127.0.0.1 that answers the few calls of
 * Kubo's RPC API the portal uses. It ends with this process and asks no other node. The port is
 * chosen free unless given; one that is taken throws.
 */
export async function startIpfs(options: { dir: string; port?: number }): Promise<Ipfs> {
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { ready, pid, stop, exited } = await startChild<IpfsArgument, IpfsReady>(
    new URL('child.ts', import.meta.url),
    { dir, port: options.port ?? 0 },
    { logFile: join(dir, 'ipfs.log') },
  )
  return { apiUrl: `http://127.0.0.1:${ready.port}/api/v0`, pid, stop, exited }
}
