import type { Complaint } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { needsMains } from '../../../shared/complaint/index.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow, RecordRow } from '../../models/index.ts'
import { hashOfToken, openSecret } from './complaint-secrets.ts'
import { summaryOf } from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { stateOf } from '../ledger/find-record.ts'
import { findComplaintRow } from './record-complaint-event.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { sensorsAround, type SensorsAround } from './sensors-around.ts'

/** From its closing a citizen may dispute a complaint for this long. */
export const DISPUTABLE_MS = 14 * 24 * 3_600_000

/** Who asks: anybody, the holder of a secret link, or an official. */
export type Reader = { token: string | null } | 'official'

/**
 * `GET /complaints/{id}`: where it stands, its events with their proofs, what sensors say; personal values only to whom
 * they belong. Throws `not_found`, `forbidden` for a token that is not this complaint's, `record_damaged`.
 */
export async function describeComplaint(
  deps: Deps,
  complaintId: string,
  reader: Reader,
): Promise<Complaint> {
  const row = await findComplaintRow(deps, complaintId)
  const owned = reader === 'official' ? null : ownedBy(row, reader.token)
  const [summary] = summaryOf(deps, row)
  if (!summary) throw new CodedError('not_found', `complaint: none with id ${complaintId}`)
  const { latitude, longitude } = summary
  const [records, around] = await Promise.all([
    deps.models.records
      .find({ type: 'complaint_event', complaint_id: complaintId })
      .sort({ ordered_at: 1 })
      .lean(),
    sensorsAround(deps, { latitude, longitude }, row.area_id),
  ])
  const readable = row.secrets.filter(
    ({ owner }) => reader === 'official' || (owned !== null && (owner === owned || owner === null)),
  )
  return {
    ...summary,
    disputable_until:
      row.closed_at && new Date(row.closed_at.getTime() + DISPUTABLE_MS).toISOString(),
    contradicted_by: contradictedBy(row, around),
    sensors: around.now,
    events: await eventsOf(deps, records),
    disclosed: readable.map((secret) => openSecret(deps, complaintId, secret)),
  }
}

/** Number of the event whose secret link this is; null without one. Throws `forbidden` for one of no event of the complaint. */
export function ownedBy(row: Pick<ComplaintRow, '_id' | 'tokens'>, token: string | null) {
  if (token === null) return null
  const hash = hashOfToken(token)
  const known = row.tokens.find((given) => given.hash === hash)
  if (known) return known.n
  throw new CodedError('forbidden', `authorization: expected the secret of complaint ${row._id}`)
}

/** Sensors that have said OFF since before the complaint was resolved; null where none has, or it does not matter. */
export function contradictedBy(
  { status, kind, closed_at }: Pick<ComplaintRow, 'status' | 'kind' | 'closed_at'>,
  { off }: SensorsAround,
): string[] | null {
  if (status !== 'resolved' || closed_at === null || !needsMains(kind)) return null
  const devices = off.filter(({ since }) => Date.parse(since) <= closed_at.getTime())
  return devices.length === 0 ? null : devices.map(({ deviceId }) => deviceId)
}

async function eventsOf({ models }: Deps, rows: readonly RecordRow[]) {
  const batchIds = rows.flatMap(({ area_id, batch_number }) =>
    batch_number === null ? [] : [`${area_id}/${batch_number}`],
  )
  const batches = await models.batches.find({ _id: { $in: [...new Set(batchIds)] } }).lean()
  const byId = new Map(batches.map((batch) => [batch._id, batch]))
  return rows.flatMap((row): Complaint['events'] => {
    expectIntact(row)
    const record = parseRecord(parseJson(row.body))
    if (record.type !== 'complaint_event') return []
    const { n, event, at, actor, public: said, commitments } = record
    return [
      {
        n,
        event,
        at,
        actor,
        public: said,
        committed: Object.keys(commitments),
        leaf_hash: row._id,
        proof_url: `/api/v1/records/${row._id}/proof`,
        state: stateOf(byId.get(`${row.area_id}/${row.batch_number}`) ?? null),
      },
    ]
  })
}
