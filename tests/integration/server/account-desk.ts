import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passwords } from '../../../server/adapters/passwords.ts'
import { sessions } from '../../../server/adapters/sessions.ts'
import { ensureIndexes, type Models } from '../../../server/models/index.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { startMongo } from '../../../stack/mongodb/index.ts'
import { complaintDesk, openModels, PASSWORD_COST, TestClock } from './deps.ts'
import { startRoutes, type Route } from './routes.ts'

/** The routes of accounts and administration on the real database, with a clock of the test's own. */
export interface AccountDesk {
  url: string
  routes: Route[]
  deps: Deps
  models: Models
  clock: TestClock
  stop(): Promise<void>
}

export async function openAccountDesk(): Promise<AccountDesk> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-accounts-'))
  const mongo = await startMongo({ dir })
  const { models, close } = await openModels({ mongodbUri: mongo.uri })
  await ensureIndexes(models)
  const clock = new TestClock()
  const given = {
    models,
    clock,
    passwords: passwords(PASSWORD_COST),
    sessions: sessions(models, clock),
    complaintDesk: complaintDesk(),
    settings: { heartbeatMs: 900_000 },
  }
  // Whatever else a service reached for would be undefined, and fail.
  const deps = given as unknown as Deps
  const { url, routes, stop } = await startRoutes(deps, [
    'session',
    'account',
    'invitations',
    'resets',
    'admin',
    'firmware',
  ])
  return {
    ...{ url, routes, deps, models, clock },
    async stop() {
      await stop()
      await close()
      await mongo.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
