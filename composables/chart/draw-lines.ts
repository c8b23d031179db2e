import { areaY, dot, lineY, plot } from '@observablehq/plot'
import { LINE_HEIGHT, type LineDrawing } from './line-drawing.ts'

/** One value over time. */
export function drawLine(drawing: LineDrawing, width: number): Element {
  const { color, isSteps } = drawing
  const points = drawing.points.map(({ at, value }) => ({ at: new Date(at), value }))
  const line = { x: 'at', y: 'value', curve: 'step-after' } as const
  return plot({
    width,
    height: LINE_HEIGHT,
    marginLeft: 48,
    marginRight: 16,
    style: { background: 'transparent', fontFamily: 'inherit', fontSize: '12px' },
    x: { type: 'utc', label: null, ticks: width < 480 ? 3 : 6, tickFormat: drawing.timeText },
    y: {
      label: null,
      grid: true,
      ticks: 4,
      nice: true,
      zero: isSteps,
      tickFormat: drawing.valueText,
    },
    marks: isSteps
      ? [
          areaY(points, { ...line, fill: color, fillOpacity: 0.25 }),
          lineY(points, { ...line, stroke: color, strokeWidth: 2 }),
        ]
      : // Between two readings nobody knows.
        [dot(points, { x: 'at', y: 'value', fill: color, r: 2.5 })],
  })
}
