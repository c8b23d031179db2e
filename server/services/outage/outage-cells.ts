import type { Interruption } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import { cellOf } from './outage-rows.ts'

/** The cells in which devices of public place lost mains, each once, beginning with those of a row. */
export function outageCells(row: Pick<OutageRow, 'cells'> = {}) {
  const cells = new Map(row.cells?.coordinates.map((cell) => [cell.join(), cell]))
  return {
    add({ place }: Interruption): void {
      const cell = place && cellOf(place)
      if (cell) cells.set(cell.join(), cell)
    },
    /** The member of a row, the same whatever came first; none where no place is public. */
    member(): Pick<OutageRow, 'cells'> {
      const coordinates = [...cells.values()].sort(([a, b], [c, d]) => a - c || b - d)
      return cells.size > 0 ? { cells: { type: 'MultiPoint', coordinates } } : {}
    },
  }
}
