import { startMongo } from '../../../../stack/mongodb/index.ts'
import { serveParent } from '../../../../stack/process.ts'

/** A process that starts a database and may be killed with it. */
serveParent<{ dir: string }, { pid: number }>(async ({ dir }) => {
  const mongo = await startMongo({ dir })
  return { ready: { pid: mongo.pid }, stop: () => mongo.stop() }
})
