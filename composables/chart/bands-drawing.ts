import type { IntervalState } from '../../shared/outage/index.ts'

/** A drawn band: `x` in the units of the domain. */
export interface DrawnBand {
  row: string
  state: IntervalState
  x1: number
  x2: number
}

export interface BandsDrawing {
  rows: readonly string[]
  bands: readonly DrawnBand[]
  domain: [number, number]
  ticks: readonly number[]
  tickText: (x: number) => string
  /** Room for the names of the rows, in pixels. */
  marginLeft: number
}

const ROW_HEIGHT = 26
/** Room for the hours above the rows, in pixels. */
export const MARGIN_TOP = 22

export const bandsHeight = (rows: number): number => MARGIN_TOP + rows * ROW_HEIGHT + 4
