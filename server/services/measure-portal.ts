import type { Deps } from './deps.ts'
import { layoutVersion } from './layout/layout-version.ts'
import { nullIfAway } from './ledger/null-if-away.ts'
import { measureLedger, type LedgerMeasures } from './ledger/measure-ledger.ts'
import { knownUntil } from './outage/known-until.ts'

export interface PortalMeasures extends LedgerMeasures {
  /** How far outages and figures are behind what was received. */
  derivationLagSeconds: number
  devices: number
  equivocations: number
  openComplaints: number
  /** Open and past their clock. */
  overdueComplaints: number
  sessions: number
  layoutVersion: number
  /** On the anchoring account; null: the node does not say. */
  balanceWei: number | null
}

const MS_PER_S = 1000

/** Figures for operators about every step of the road, each along an index. */
export async function measurePortal(deps: Deps): Promise<PortalMeasures> {
  const { models, clock, glimpses } = deps
  const now = clock.now()
  const open = { closed_at: null }
  const [ledger, knownUntilMs, devices, equivocations, openComplaints, overdueComplaints] =
    await Promise.all([
      measureLedger(deps),
      knownUntil(deps),
      models.devices.estimatedDocumentCount(),
      models.equivocations.estimatedDocumentCount(),
      models.complaints.countDocuments(open),
      models.complaints.countDocuments({ ...open, due_at: { $lt: now } }),
    ])
  return {
    ...ledger,
    ...{ devices, equivocations, openComplaints, overdueComplaints },
    derivationLagSeconds: Math.max(0, now.getTime() - knownUntilMs) / MS_PER_S,
    sessions: await models.sessions.countDocuments({ expires_at: { $gt: now } }),
    layoutVersion: (await layoutVersion(deps)) ?? 0,
    balanceWei: await nullIfAway(glimpses.balance().then(Number)),
  }
}
