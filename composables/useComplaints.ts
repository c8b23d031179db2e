import type { ComplaintSummary } from '../shared/api/complaints.ts'

const LIMIT = 50

/** Complaints, newest first, narrowed by `filter`; `show` takes the portal's events about them. */
export async function useComplaints(filter: Readonly<Ref<ComplaintFilter>>) {
  const key = () => `complaints:${filter.value.areaId ?? ''}:${filter.value.status ?? ''}`
  const { items, change, ...pages } = await usePages(key, (cursor) =>
    ask<PageOf<ComplaintSummary>>(apiPaths.complaints({ ...filter.value, cursor, limit: LIMIT })),
  )

  /**
   * Shows a change at once. One that fits the filter no longer stays where it is, under its new status: nothing goes away
   * under the reader's eyes.
   */
  function show(complaint: ComplaintSummary, isWithin: (areaId: string, outer: string) => boolean) {
    const { areaId, status: wanted } = filter.value
    const isOpen = complaint.closed_at === null
    const isWanted =
      (areaId === undefined || isWithin(complaint.area_id, areaId)) &&
      (wanted === undefined || (wanted === 'open' ? isOpen : wanted === complaint.status))
    const isSame = ({ complaint_id }: ComplaintSummary) => complaint_id === complaint.complaint_id
    change((shown) => {
      if (shown.some(isSame)) return shown.map((item) => (isSame(item) ? complaint : item))
      const isLater = complaint.filed_at > (shown[0]?.filed_at ?? '')
      return isWanted && isLater ? [complaint, ...shown] : [...shown]
    })
  }

  return { ...pages, complaints: items, show }
}
