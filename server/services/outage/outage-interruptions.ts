import type { OutageRow } from '../../models/index.ts'
import type { Place } from '../page.ts'

const AREA = 'interruption.area_id'
const START = 'interruption.counted_at'

/** Order of start, along the index. */
export const IN_ORDER = { [AREA]: 1, [START]: 1, _id: 1 } as const

/** Interruptions of an area that start from one moment to another, both included. */
export const startingIn = (areaId: string, from: Date, to: Date) => ({
  [AREA]: areaId,
  [START]: { $gte: from, $lte: to },
})

/** Those of one outage: outages of an area follow one another. */
export const ofOutage = (row: Pick<OutageRow, 'area_id' | 'started_at' | 'last_start_at'>) =>
  startingIn(row.area_id, row.started_at, row.last_start_at)

const from = ({ at, id }: Place, isAfter: '$gt' | '$gte') => ({
  $or: [{ [START]: { $gt: at } }, { [START]: at, _id: { [isAfter]: id } }],
})

/** Those behind this one, in their order. */
export const behind = (place: Place) => from(place, '$gt')

/** The same with this one. */
export const onFrom = (place: Place) => from(place, '$gte')
