import type { Device } from '../../../shared/api/devices.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { Deps } from '../deps.ts'
import { silentBefore, stateNow } from './device-state.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { factsOf, findDeviceRow } from './record-device-event.ts'

/** Most contradictions shown; the first ones tell all there is to tell. */
const MAX_EQUIVOCATIONS = 100

/** `GET /devices/{id}`: public facts, history in the ledger, contradictions. Throws `not_found`, or `record_damaged`. */
export async function describeDevice(deps: Deps, deviceId: string): Promise<Device> {
  const row = await findDeviceRow(deps, deviceId)
  const events = await deps.models.records
    .find({ type: 'device_event', device_id: deviceId })
    .sort({ ordered_at: 1 })
    .lean()
  const equivocations = await deps.models.equivocations
    .find({ device_id: deviceId })
    .sort({ received_at: 1 })
    .limit(MAX_EQUIVOCATIONS)
    .lean()
  return {
    device_id: deviceId,
    area_id: row.area_id,
    status: row.status === 'entering' ? 'active' : row.status,
    facts: factsOf(row),
    state: stateNow(row, silentBefore(deps)),
    last_reading: row.last && {
      leaf_hash: row.last.leaf_hash,
      seq: row.last.seq,
      timestamp: row.last.timestamp,
      received_at: row.last.received_at.toISOString(),
    },
    history: events.flatMap((row) => {
      expectIntact(row)
      const record = parseRecord(parseJson(row.body))
      if (record.type !== 'device_event') return []
      const { event, at, reason = null } = record
      return [{ event, at, leaf_hash: row._id, reason }]
    }),
    equivocations: equivocations.flatMap(({ seq, received_at, body }) => {
      const record = parseRecord(parseJson(body))
      return record.type === 'reading'
        ? [
            {
              seq,
              received_at: received_at.toISOString(),
              reading: { ...record.reading },
              ...('cose' in record && { cose: record.cose }),
            },
          ]
        : []
    }),
  }
}
