import type { ComplaintSummary } from '../shared/api/complaints.ts'
import type { Outage } from '../shared/api/outages.ts'

const LIMIT = 200
/** Who sits in the dark may write the morning after. */
const AFTER_MS = 24 * 60 * 60_000

/** Complaints about supply filed in the area of an outage while it went on or within a day of its end. */
export async function useOutageComplaints(outage: Outage) {
  const { data } = await useAsyncData(
    `outage-complaints:${outage.outage_id}`,
    async () => {
      const { items } = await ask<{ items: ComplaintSummary[] }>(
        apiPaths.complaints({ areaId: outage.area_id, limit: LIMIT }),
      )
      const fromAt = Date.parse(outage.started_at)
      const toAt = outage.ended_at === null ? Infinity : Date.parse(outage.ended_at) + AFTER_MS
      return items.filter(({ filed_at }) => {
        const filedAt = Date.parse(filed_at)
        return filedAt >= fromAt && filedAt <= toAt
      })
    },
    { deep: false },
  )
  return computed(() => data.value ?? [])
}
