export interface LinePoint {
  at: number
  value: number
}

export interface LineDrawing {
  points: readonly LinePoint[]
  /** Steps hold their value until the next; measurements stand alone. */
  isSteps: boolean
  color: string
  timeText: (at: Date) => string
  valueText: (value: number) => string
}

export const LINE_HEIGHT = 170
