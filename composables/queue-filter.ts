import { areaIdField } from '../shared/fields.ts'
import { COMPLAINT_KINDS } from '../shared/complaint/index.ts'
import type { QueueFilter } from './admin-paths.ts'
import { queryText } from './query-text.ts'

/** What of the queue is looked at: the open ones in one of two orders, or those that were closed. */
export const QUEUE_VIEWS = ['clock', 'severity', 'closed', 'contradicted'] as const
export type QueueView = (typeof QUEUE_VIEWS)[number]

export const viewOf = ({ show, order }: QueueFilter): QueueView => (show === 'open' ? order : show)

export const withView = (filter: QueueFilter, view: QueueView): QueueFilter =>
  view === 'closed' || view === 'contradicted'
    ? { ...filter, show: view, order: 'clock' }
    : { ...filter, show: 'open', order: view }

/** How the queue is narrowed by the query of its address; what that does not know narrows nothing. */
export function queueFilterOf(query: Readonly<Record<string, unknown>>): QueueFilter {
  const view = QUEUE_VIEWS.find((name) => name === queryText(query, 'show')) ?? 'clock'
  const kind = COMPLAINT_KINDS.find((name) => name === queryText(query, 'kind'))
  const area = areaIdField.safeParse(queryText(query, 'area'))
  const narrowed = { ...(kind && { kind }), ...(area.success && { area_id: area.data }) }
  return withView({ show: 'open', order: 'clock', ...narrowed }, view)
}

/** The query of the address of a queue so narrowed. */
export function queryOfQueue(filter: QueueFilter): Record<string, string> {
  const view = viewOf(filter)
  return {
    ...(view !== 'clock' && { show: view }),
    ...(filter.area_id !== undefined && { area: filter.area_id }),
    ...(filter.kind !== undefined && { kind: filter.kind }),
  }
}
