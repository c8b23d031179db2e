import type { ChangedEvent, ChangeType } from '../../shared/api/events.ts'
import type { Change } from './follow-changes.ts'

/** As many changes of a type that come at once are told one by one; of more, how many. */
export const MAX_ONE_BY_ONE = 100

/** Which changes a listener asked for; undefined stands for all. */
export interface Wanted {
  areaId?: string | undefined
  types?: readonly ChangeType[] | undefined
}

/** A server-sent event. */
export interface ToldEvent {
  id: string
  event: ChangeType | 'changed'
  data: string
}

/** However many listen, a change is written as JSON once. */
const texts = new WeakMap<Change, string>()

function textOf(change: Change): string {
  const text = texts.get(change) ?? JSON.stringify(change.data)
  texts.set(change, text)
  return text
}

/** What a listener is told of changes that came together. */
export function toldOf(changes: readonly Change[], { areaId, types }: Wanted): ToldEvent[] {
  const wanted = changes.filter(
    (change) =>
      (types === undefined || types.includes(change.type)) &&
      (areaId === undefined || change.areaId === areaId),
  )
  const counts = new Map<ChangeType, number>()
  for (const { type } of wanted) counts.set(type, (counts.get(type) ?? 0) + 1)
  const isMany = (type: ChangeType) => (counts.get(type) ?? 0) > MAX_ONE_BY_ONE
  const told = wanted.flatMap((change): ToldEvent[] =>
    isMany(change.type)
      ? []
      : [{ id: change.at.toISOString(), event: change.type, data: textOf(change) }],
  )
  // Resumes after the latest of all.
  const latest = wanted.reduce((at, change) => Math.max(at, change.at.getTime()), 0)
  for (const [type, count] of counts) {
    if (!isMany(type)) continue
    const data: ChangedEvent = { type, changes: count }
    const id = new Date(latest).toISOString()
    told.push({ id, event: 'changed', data: JSON.stringify(data) })
  }
  return told
}
