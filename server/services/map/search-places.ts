import { boundsOf } from '../../../shared/area-geometry.ts'
import { MAX_SEARCH_RESULTS, type SearchAnswer } from '../../../shared/api/search.ts'
import { AREA_NAME_COLLATION, type AreaRow, type DeviceRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { silentBefore, stateNow } from '../device/device-state.ts'

type Found = SearchAnswer['items'][number]
type Within = Found['within']
type FoundArea = Pick<AreaRow, '_id' | 'name' | 'kind' | 'outline'>

/** Sorts after every character, also in a collation. */
const LAST = '\uffff'
/** Fewer digits fit too many devices to be meant as one. */
const MIN_DEVICE_DIGITS = 4

const beginningWith = (text: string) => ({ $gte: text, $lt: `${text}${LAST}` })

/** `GET /search`: areas whose name or id begins so, then devices whose id does; at most 20, along indexes. */
export async function searchPlaces(deps: Deps, q: string): Promise<SearchAnswer> {
  const areas = await findAreas(deps, q)
  const devices = await findDevices(deps, q, MAX_SEARCH_RESULTS - areas.length)
  const withinOf = await ancestors(deps, [
    ...areas.map(({ _id }) => _id),
    ...devices.map(({ area_id }) => area_id),
  ])
  const silentBeforeAt = silentBefore(deps)
  return {
    items: [
      ...areas.map((row): Found => asArea(row, withinOf(row._id).slice(1))),
      ...devices.map((row): Found => ({
        kind: 'device',
        device_id: row._id,
        area_id: row.area_id,
        within: withinOf(row.area_id),
        state: stateNow(row, silentBeforeAt),
        coordinates: row.point?.coordinates ?? null,
      })),
    ],
  }
}

const asArea = (row: FoundArea, within: Within): Found => ({
  kind: 'area',
  area_id: row._id,
  name: row.name,
  area_kind: row.kind,
  within,
  bbox: row.outline && boundsOf(row.outline),
})

async function findAreas({ models }: Deps, q: string): Promise<FoundArea[]> {
  const byName = await models.areas
    .find({ name: beginningWith(q) }, { geometry: 0 })
    .collation(AREA_NAME_COLLATION)
    .sort({ name: 1 })
    .limit(MAX_SEARCH_RESULTS)
    .lean()
  const byId = await models.areas
    .find({ _id: beginningWith(q.toLowerCase()) }, { geometry: 0 })
    .sort({ _id: 1 })
    .limit(MAX_SEARCH_RESULTS)
    .lean()
  const rows = new Map([...byName, ...byId].map((row) => [row._id, row]))
  return [...rows.values()].slice(0, MAX_SEARCH_RESULTS)
}

async function findDevices({ models }: Deps, q: string, limit: number): Promise<DeviceRow[]> {
  const isId = q.length >= MIN_DEVICE_DIGITS && /^[0-9a-f]+$/i.test(q)
  if (!isId || limit === 0) return []
  return models.devices
    .find({ _id: beginningWith(q.toUpperCase()), status: { $ne: 'entering' } })
    .sort({ _id: 1 })
    .limit(limit)
    .lean()
}

/** Names of an area and of those it lies in, itself first. */
async function ancestors(
  deps: Deps,
  areaIds: readonly string[],
): Promise<(areaId: string) => Within> {
  const { ancestorsOf } = await areaAncestry(deps, areaIds)
  const lines = new Map(areaIds.map((id) => [id, [id, ...ancestorsOf(id)]]))
  const names = await areaNames(deps, [...lines.values()].flat())
  return (areaId) =>
    (lines.get(areaId) ?? []).map((id) => ({ area_id: id, name: names.get(id) ?? id }))
}
