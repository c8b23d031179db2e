import type { Area, DeviceState, StateCounts, StatusEvent } from '../../shared/api/map.ts'

/** An area as the pages keep it: its outline is drawn, not carried along. */
export type AreaSummary = Omit<Area, 'geometry'>

/** What is known of a device before an event. */
export interface KnownDevice {
  areaId: string
  state: DeviceState
  customersServed: number
}

/** One device fewer in `from`, one more in `to`; the two differ. */
const moved = (counts: StateCounts, from: DeviceState, to: DeviceState): StateCounts => ({
  ...counts,
  [from]: Math.max(0, counts[from] - 1),
  [to]: counts[to] + 1,
})

/** Ids of an area and of every area around it. */
function withParents(areas: readonly AreaSummary[], areaId: string): Set<string> {
  const byId = new Map(areas.map((area) => [area.area_id, area]))
  const ids = new Set<string>()
  for (
    let area = byId.get(areaId);
    area && !ids.has(area.area_id);
    area = byId.get(area.parent_id ?? '')
  ) {
    ids.add(area.area_id)
  }
  return ids
}

/** The areas after a device changed its state; the same array when the event changes no count. Areas count what is within them. */
export function applyStatus(
  areas: AreaSummary[],
  known: KnownDevice,
  event: StatusEvent,
): AreaSummary[] {
  if (known.state === event.state) return areas
  const customers = (state: DeviceState) => (state === 'off' ? known.customersServed : 0)
  const touched = withParents(areas, known.areaId)
  return areas.map((area) =>
    touched.has(area.area_id)
      ? {
          ...area,
          counts: moved(area.counts, known.state, event.state),
          customers_off: Math.max(
            0,
            area.customers_off - customers(known.state) + customers(event.state),
          ),
        }
      : area,
  )
}

export interface Totals extends StateCounts {
  customersOff: number
}

/** Sums over the outermost areas, which count what is within them. */
export function totalsOf(areas: readonly AreaSummary[]): Totals {
  const ids = new Set(areas.map(({ area_id }) => area_id))
  const outermost = areas.filter(({ parent_id }) => parent_id === null || !ids.has(parent_id))
  const sum = (pick: (area: AreaSummary) => number) =>
    outermost.reduce((total, area) => total + pick(area), 0)
  return {
    on: sum(({ counts }) => counts.on),
    off: sum(({ counts }) => counts.off),
    silent: sum(({ counts }) => counts.silent),
    customersOff: sum(({ customers_off }) => customers_off),
  }
}

/** The areas that hold no others: the ones a map can show side by side. */
export function innermost<A extends Pick<Area, 'area_id' | 'parent_id'>>(areas: readonly A[]): A[] {
  const parents = new Set(areas.map(({ parent_id }) => parent_id))
  return areas.filter(({ area_id }) => !parents.has(area_id))
}

/** A share in whole per cent; what is there but rounds to nothing, or to all, is not written as such. */
export function percentText(share: number): string {
  const percent = Math.round(share * 100)
  if (percent === 0 && share > 0) return '< 1\u00a0%'
  if (percent === 100 && share < 1) return '> 99\u00a0%'
  return `${percent}\u00a0%`
}

/** Share of an area's customers behind devices that say OFF, 0 to 1; null where no device speaks: silence is not power. */
export function shareOff({ counts, customers_off, customers_served }: AreaSummary): number | null {
  return counts.on + counts.off > 0 && customers_served > 0
    ? customers_off / customers_served
    : null
}
