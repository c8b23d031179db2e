import type { Area, StateCounts } from '../../shared/api/map.ts'

/** An area as the pages keep it: its outline is drawn, not carried along. */
export type AreaSummary = Omit<Area, 'geometry'>

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

/** Share of an area's customers behind devices that say OFF, 0 to 1; null where no device speaks: silence is not power. */
export function shareOff({ counts, customers_off, customers_served }: AreaSummary): number | null {
  return counts.on + counts.off > 0 && customers_served > 0
    ? customers_off / customers_served
    : null
}
