import {
  CircleMarker,
  type Canvas,
  type LatLngExpression,
  type Point,
  type Renderer,
} from 'leaflet'
import type { DeviceState } from '../../shared/api/map.ts'

/** Colours of the canvas, read from the theme. */
export interface MapPalette {
  states: Record<DeviceState, string>
  halo: string
  areaLine: string
  shares: readonly string[]
}

/** Half the size of a sign in CSS pixels, seen from near: what asks for attention is larger. */
const RADIUS_PX: Record<DeviceState, number> = { on: 4, off: 7.5, silent: 5.5 }
const CHOSEN_RING_PX = 5
const DASH_PX = [2.6, 2]

export interface Sign {
  state: DeviceState
  isChosen: boolean
  palette: MapPalette
  /** 1 seen from near, less from afar. */
  scale: number
}

/** Draws a device: filled circle on, diamond with a cross off, dashed hollow ring silent. Shape alone tells the state. */
function drawSign(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  { state, isChosen, palette, scale }: Sign,
): void {
  const radius = RADIUS_PX[state] * scale
  context.save()
  context.translate(x, y)
  if (isChosen) circle(context, radius + CHOSEN_RING_PX, palette.states[state], 2)
  draw[state](context, radius, palette)
  context.restore()
}

const draw: Record<
  DeviceState,
  (context: CanvasRenderingContext2D, radius: number, palette: MapPalette) => void
> = {
  on(context, radius, { states, halo }) {
    circle(context, radius, halo, 2)
    context.fillStyle = states.on
    context.fill()
  },
  silent(context, radius, { states, halo }) {
    circle(context, radius, halo, 3.5)
    context.setLineDash(DASH_PX)
    circle(context, radius, states.silent, 2)
  },
  off(context, radius, { states, halo }) {
    polyline(context, [0, -radius, radius, 0, 0, radius, -radius, 0, 0, -radius], halo, 1.25)
    context.fillStyle = states.off
    context.fill()
    const arm = radius * 0.3
    polyline(context, [-arm, -arm, arm, arm], halo, 1.5)
    polyline(context, [arm, -arm, -arm, arm], halo, 1.5)
  },
}

function circle(context: CanvasRenderingContext2D, radius: number, color: string, width: number) {
  context.beginPath()
  context.arc(0, 0, radius, 0, 2 * Math.PI)
  stroke(context, color, width)
}

function polyline(
  context: CanvasRenderingContext2D,
  coordinates: readonly number[],
  color: string,
  width: number,
) {
  context.beginPath()
  for (let at = 0; at < coordinates.length; at += 2)
    context.lineTo(coordinates[at] ?? 0, coordinates[at + 1] ?? 0)
  stroke(context, color, width)
}

function stroke(context: CanvasRenderingContext2D, color: string, width: number) {
  context.lineWidth = width
  context.strokeStyle = color
  context.stroke()
}

/** A device on the canvas; change `sign` and call `redraw()`. Reads what Leaflet 1.9's `Canvas._updateCircle` reads. */
export class DeviceMarker extends CircleMarker {
  sign: Sign
  declare _renderer: Canvas & { _drawing: boolean; _ctx: CanvasRenderingContext2D }
  declare _point: Point
  declare _empty: () => boolean

  constructor(at: LatLngExpression, sign: Sign, renderer: Renderer) {
    const radius = RADIUS_PX[sign.state] + CHOSEN_RING_PX
    super(at, { renderer, radius, weight: 2, bubblingMouseEvents: false })
    this.sign = sign
  }

  /** Called by Leaflet whenever the canvas is painted. */
  _updatePath(): void {
    if (this._renderer._drawing && !this._empty())
      drawSign(this._renderer._ctx, this._point, this.sign)
  }
}
