import { randomUUID } from 'node:crypto'
import type { RebuildAsked } from '../../../shared/api/outages.ts'
import { OUTAGE_RULES_VERSION } from '../../../shared/outage/index.ts'
import {
  modelsBeside,
  switchToBeside,
  type Models,
  type OutageBasisRow,
} from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { keepChangeTimes } from './keep-change-times.ts'
import { firstUnderived } from './known-until.ts'
import { DERIVED_FROM, markUnderived } from './mark-underived.ts'

/** Of the rows of breaks, lines and outages: raised whenever what was written before lacks what is read now. */
const KEPT_AS = 2

type Rebuild = NonNullable<OutageBasisRow['rebuild']>
type Rebuilding = Pick<Deps, 'models' | 'clock' | 'settings'>

const ofRebuild = ({ number, stage }: Rebuild) => ({
  _id: 'basis' as const,
  'rebuild.number': number,
  'rebuild.stage': stage,
})

const readBasis = ({ models }: Pick<Deps, 'models'>) => models.outageBasis.findById('basis').lean()

/**
 * Asks that all outages be derived anew from the records; the next `deriveOutages`, of any instance, begins with it. Those
 * kept so far are read until the new ones are whole.
 */
export async function rebuildOutages(deps: Pick<Deps, 'models'>): Promise<void> {
  const known = await readBasis(deps)
  const rebuild: Rebuild = {
    number: randomUUID(),
    stage: 'asked',
    known_until_at: known?.rebuild?.known_until_at ?? null,
  }
  try {
    await deps.models.outageBasis.updateOne(
      { _id: 'basis', 'rebuild.stage': { $ne: 'switching' } },
      { $set: { rebuild } },
      { upsert: true },
    )
  } catch (error) {
    // One ends in this moment: what it puts in place was derived from all records.
    if (!isDuplicateKey(error)) throw error
  }
}

/** `POST /admin/outages/rebuild`. */
export async function askForRebuild(deps: Pick<Deps, 'models' | 'clock'>): Promise<RebuildAsked> {
  await rebuildOutages(deps)
  return { asked_at: deps.clock.now().toISOString() }
}

/** Where nothing was derived yet, the present basis is that of all there will be. */
async function noteFirstBasis({ models, settings }: Rebuilding): Promise<void> {
  const derived =
    (await models.deviceLines.exists({})) ??
    (await models.records.exists({ type: { $in: DERIVED_FROM }, underived: { $exists: false } }))
  if (!derived)
    await models.outageBasis.updateOne(
      { _id: 'basis' },
      { $set: basisOf(settings) },
      { upsert: true },
    )
}

const basisOf = ({ heartbeatMs }: Deps['settings']) => ({
  rules: OUTAGE_RULES_VERSION,
  heartbeat_ms: heartbeatMs,
  kept_as: KEPT_AS,
})

/**
 * The models to derive into: those that are read, or those beside them during a rebuild, which is begun here if it was
 * asked for, or if what is kept was derived by other rules, another heartbeat, into other rows, or from records without
 * their mark. Null where it was stopped before every record was marked.
 */
export async function modelsToDerive(deps: Rebuilding, stop?: AbortSignal): Promise<Models | null> {
  const { models, settings } = deps
  await finishSwitch(deps)
  if (!(await readBasis(deps))) await noteFirstBasis(deps)
  const basis = await readBasis(deps)
  const { rules, heartbeat_ms, kept_as } = basisOf(settings)
  const isCurrent =
    basis?.rules === rules && basis.heartbeat_ms === heartbeat_ms && basis.kept_as === kept_as
  if (!isCurrent && basis?.rebuild?.stage !== 'asked') await rebuildOutages(deps)
  const rebuild = (await readBasis(deps))?.rebuild
  if (!rebuild) return models
  if (rebuild.stage === 'asked') {
    if (rebuild.marked_to === undefined) await prepareRebuild(deps, rebuild)
    if (!(await markAll(deps, rebuild, stop))) return null
  }
  return modelsBeside(models)
}

/** Empties what is built into. Until that is noted it is done again. */
async function prepareRebuild(deps: Rebuilding, rebuild: Rebuild): Promise<void> {
  const { models, clock } = deps
  const next = modelsBeside(models)
  const knownUntilAt =
    rebuild.known_until_at ?? (await firstUnderived(deps))?.ordered_at ?? clock.now()
  await models.outageBasis.updateOne(ofRebuild(rebuild), {
    $set: { 'rebuild.known_until_at': knownUntilAt },
  })
  await models.outageRounds.deleteMany({})
  for (const model of [next.deviceLines, next.deviceBreaks, next.outages]) {
    await model.collection.drop()
    await model.createIndexes()
  }
  await models.failures.deleteMany({ 'failure.step': 'derive' })
  await models.outageBasis.updateOne(ofRebuild(rebuild), { $set: { 'rebuild.marked_to': '' } })
}

/** Marks every record, and notes how far it is. Whether all are: not where it was stopped. */
async function markAll(
  { models, settings }: Rebuilding,
  rebuild: Rebuild,
  stop?: AbortSignal,
): Promise<boolean> {
  let after: string | null = rebuild.marked_to ?? ''
  while ((after = await markUnderived(models, after)) !== null) {
    await models.outageBasis.updateOne(ofRebuild(rebuild), {
      $set: { 'rebuild.marked_to': after },
    })
    if (stop?.aborted) return false
  }
  await models.outageBasis.updateOne(ofRebuild(rebuild), {
    $set: { 'rebuild.stage': 'building', ...basisOf(settings) },
    $unset: { 'rebuild.marked_to': 1 },
  })
  return true
}

/** Once every record is in the new outages: they become those that are read. */
export async function finishRebuild(deps: Pick<Deps, 'models' | 'clock'>): Promise<void> {
  const rebuild = (await readBasis(deps))?.rebuild
  if (rebuild?.stage !== 'building') return
  await keepChangeTimes(deps)
  await deps.models.outageBasis.updateOne(ofRebuild(rebuild), {
    $set: { 'rebuild.stage': 'switching' },
  })
  await finishSwitch(deps)
}

async function finishSwitch(deps: Pick<Deps, 'models'>): Promise<void> {
  const rebuild = (await readBasis(deps))?.rebuild
  if (rebuild?.stage !== 'switching') return
  await switchToBeside(deps.models)
  await deps.models.areaDays.deleteMany({})
  await deps.models.outageBasis.updateOne(ofRebuild(rebuild), { $unset: { rebuild: 1 } })
}
