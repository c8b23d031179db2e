import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2: 4.5:1 for text, 3:1 for signs. */
const TEXT = 4.5
const SIGN = 3
const CSS = readFileSync(new URL('../../../assets/main.css', import.meta.url), 'utf8')
const THEMES = [
  { name: 'light', start: ':root,', page: '#ffffff', raised: '#f5f5f4' },
  { name: 'dark', start: '.dark {', page: '#1c1917', raised: '#292524' },
]
const STATES = ['on', 'off', 'silent']

describe.each(THEMES)('the colours of supply in the $name theme', ({ start, page, raised }) => {
  const block = CSS.slice(CSS.indexOf(start))
  const colour = (name: string): string => {
    const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(block.slice(0, block.indexOf('}')))
    if (!found?.[1]) throw new Error(`--${name}: expected a colour, got none`)
    return found[1]
  }

  it.each(STATES)('can be read as text on the page and on their own chip: %s', (state) => {
    const text = colour(`state-${state}`)
    expect(contrast(text, page)).toBeGreaterThanOrEqual(TEXT)
    expect(contrast(text, colour(`state-${state}-soft`))).toBeGreaterThanOrEqual(TEXT)
  })

  it('draw edges of fields that are seen, on the page and on what is raised above it', () => {
    for (const surface of [page, raised])
      expect(contrast(colour('ui-border-accented'), surface)).toBeGreaterThanOrEqual(SIGN)
  })

  it.each(STATES)('stand out as signs on the map: %s', (state) => {
    expect(contrast(colour(`state-${state}`), colour('map-ground'))).toBeGreaterThanOrEqual(SIGN)
  })
})

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Relative luminance of sRGB, 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
