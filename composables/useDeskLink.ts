/** Leads to a complaint beside the queue, or to the queue, as it is narrowed now. */
export function useDeskLink() {
  const route = useRoute()
  const pages = useAccountPages()
  return (complaintId?: string) => ({ path: pages.desk(complaintId), query: route.query })
}
