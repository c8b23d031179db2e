import { barX, plot } from '@observablehq/plot'
import type { IntervalState } from '../../shared/outage/index.ts'
import { bandsHeight, MARGIN_TOP, type BandsDrawing } from './bands-drawing.ts'

/** Told apart by height and outline, colour or not: on is a thin line, off a full bar, silent a dashed frame. */
export function drawBands(drawing: BandsDrawing, width: number): Element {
  const of = (state: IntervalState) => drawing.bands.filter((band) => band.state === state)
  const bars = (state: IntervalState, style: object) =>
    barX(of(state), { x1: 'x1', x2: 'x2', y: 'row', ...style })
  return plot({
    width,
    height: bandsHeight(drawing.rows.length),
    marginLeft: drawing.marginLeft,
    marginTop: MARGIN_TOP,
    marginBottom: 4,
    marginRight: 20,
    style: { background: 'transparent', fontFamily: 'inherit', fontSize: '12px' },
    x: {
      domain: drawing.domain,
      ticks: [...drawing.ticks],
      tickFormat: drawing.tickText,
      axis: 'top',
      label: null,
      grid: true,
    },
    y: { domain: [...drawing.rows], label: null, tickSize: 0, padding: 0.15 },
    marks: [
      bars('on', { fill: 'var(--state-on)', insetTop: 8, insetBottom: 8 }),
      bars('silent', {
        fill: 'none',
        stroke: 'var(--state-silent)',
        strokeDasharray: '3 3',
        insetTop: 4,
        insetBottom: 4,
      }),
      bars('off', { fill: 'var(--state-off)', stroke: 'var(--state-off)', strokeWidth: 1.5 }),
    ],
  })
}
