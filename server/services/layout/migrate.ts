import { setTimeout as delay } from 'node:timers/promises'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import type { Lease } from '../lease.ts'
import { layoutVersion } from './layout-version.ts'
import { FIRST_LAYOUT, MIGRATIONS, type Migration } from './migrations.ts'

/** How often an instance that waits for another's migration looks again. */
const LOOK_AGAIN_MS = 500

/**
 * Brings the database to the layout this version knows, one migration after the other, each under the lease, and waits
 * while another instance does it. Answers the version. Throws `newer_layout` where a newer release was here before: this one
 * would not understand what that one wrote.
 */
export async function migrate(
  deps: Pick<Deps, 'models' | 'clock'>,
  lease: Lease,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  const known = FIRST_LAYOUT + migrations.length
  while (true) {
    const version = (await layoutVersion(deps)) ?? (await noteFirst(deps, known))
    if (version > known) {
      throw new CodedError(
        'newer_layout',
        `the database has layout ${version}, this version of the portal knows layouts up to ${known}; start the version that was here last, or a newer one`,
      )
    }
    const next = migrations[version - FIRST_LAYOUT]
    if (!next) return version
    if (await lease.hold()) await lease.holdDuring(() => take(deps, version, next))
    else await delay(LOOK_AGAIN_MS)
  }
}

/** A database that is empty has the newest layout; one that was used before layouts were numbered has the first. */
async function noteFirst(
  { models }: Pick<Deps, 'models' | 'clock'>,
  known: number,
): Promise<number> {
  const used = await Promise.all([
    models.areas.exists({}),
    models.records.exists({}),
    models.accounts.exists({}),
  ])
  const version = used.some((found) => found !== null) ? FIRST_LAYOUT : known
  const taken = await insertNew(models.layouts, [{ _id: 'layout' as const, version, applied: [] }])
  return taken.size === 0 ? version : ((await layoutVersion({ models })) ?? version)
}

/** The version is changed last and by compare-and-swap: cut short, the migration runs again; done twice, it counts once. */
async function take(
  deps: Pick<Deps, 'models' | 'clock'>,
  from: number,
  { version, name, run }: Migration,
): Promise<void> {
  await run(deps)
  await deps.models.layouts.updateOne(
    { _id: 'layout', version: from },
    { $set: { version }, $push: { applied: { version, name, at: deps.clock.now() } } },
  )
}
