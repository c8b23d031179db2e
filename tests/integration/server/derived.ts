import type { OutageRow } from '../../../server/models/index.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { parseJson } from '../../../shared/json.ts'
import {
  deviceLine,
  outageHistory,
  outageReading,
  serviceSpans,
  type LedgerDeviceEvent,
  type OutageReading,
} from '../../../shared/outage/index.ts'
import { parseRecord } from '../../../shared/record/index.ts'

/** Derives all outages anew from the records, by `shared/outage` alone, so that what reads them can be tried. */
export async function deriveAll({ models, clock, settings }: Deps): Promise<void> {
  const readings = new Map<string, OutageReading[]>()
  const events = new Map<string, LedgerDeviceEvent[]>()
  for (const row of await models.records.find().lean()) {
    const record = parseRecord(parseJson(row.body ?? ''))
    const id = row.device_id ?? ''
    if (record.type === 'reading') {
      const reading = outageReading(record, { digest: row.digest ?? '', leafHash: row._id })
      readings.set(id, [...(readings.get(id) ?? []), reading])
    }
    if (record.type === 'device_event')
      events.set(id, [...(events.get(id) ?? []), { record, leafHash: row._id }])
  }
  const { heartbeatMs } = settings
  const devices = [...events].map(([deviceId, ofDevice]) => ({
    deviceId,
    service: serviceSpans(ofDevice),
    breaks: deviceLine(readings.get(deviceId) ?? [], heartbeatMs).breaks,
  }))
  const places = new Map(
    (await models.devices.find().lean()).map(({ _id, point }) => [_id, point?.coordinates]),
  )
  const history = outageHistory(devices, { asOfAt: clock.now().getTime(), heartbeatMs })
  const date = (at: number | null) => (at === null ? null : new Date(at))
  const rows = history.events.map((event): OutageRow => {
    const coordinates = event.interruptions.flatMap(({ deviceId }) => {
      const place = places.get(deviceId)
      return place ? [place.map((d) => Math.round(d * 100) / 100) as [number, number]] : []
    })
    return {
      _id: event.id,
      area_id: event.areaId,
      started_at: new Date(event.startedAt),
      last_start_at: new Date(event.lastStartAt),
      ended_at: date(event.endedAt),
      local: event.local,
      devices: event.devices,
      customers_affected: event.customersAffected,
      interruptions: event.interruptions.map((one) => ({
        device_id: one.deviceId,
        stage: one.stage,
        customers_served: one.customersServed,
        off_at: new Date(one.offAt),
        counted_at: new Date(one.countedAt),
        ended_at: date(one.endedAt),
        first_seq: one.firstSeq,
        last_seq: one.lastSeq,
      })),
      ...(coordinates.length > 0 && { cells: { type: 'MultiPoint', coordinates } }),
      changed_at: clock.now(),
    }
  })
  await models.outages.deleteMany({})
  await models.outages.insertMany(rows)
}
