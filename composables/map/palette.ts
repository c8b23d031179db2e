import type { MapPalette } from './device-marker.ts'

/** Nobody off, and one for each bound of `SHARE_BOUNDS`. */
const SHARE_CLASSES = 6

/** Reads the map's colours from the theme's custom properties. */
export function readPalette(element: Element): MapPalette {
  const style = getComputedStyle(element)
  const color = (name: string) => style.getPropertyValue(name).trim()
  return {
    states: { on: color('--state-on'), off: color('--state-off'), silent: color('--state-silent') },
    halo: color('--state-halo'),
    areaLine: color('--area-line'),
    shares: Array.from({ length: SHARE_CLASSES }, (_, index) => color(`--share-${index}`)),
  }
}
