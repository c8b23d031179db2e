import type { DeviceState } from '../../../shared/api/map.ts'
import type { Picture } from '../../adapters/picture.ts'
import { dot, drawPlace, type Box, type PicturePlace } from './place.ts'

/** The picture of a link: 1200 by 630 pixels, as the readers of the Open Graph protocol crop it least. */

export interface PictureFacts {
  /** BCP 47: letters are shaped by it. */
  language: string
  title: string
  /** The one fact, large, in the colour of its state. */
  headline: string
  state: DeviceState
  /** Further facts, a paragraph each. */
  lines: string[]
  place: PicturePlace
  /** How many dots there are of each state, in words. */
  legend: { state: DeviceState; text: string }[]
  motto: string
}

const WIDTH = 1200
const HEIGHT = 630
const EDGE = 14
const MARGIN = 64
const PANEL: Box = { left: 776, top: 56, width: 368, height: 420 }
const PANEL_PADDING = 26
const PANEL_GROUND = `<rect x="${PANEL.left}" y="${PANEL.top}" width="${PANEL.width}" height="${PANEL.height}" rx="16" fill="#f1efec"/>`
const LEGEND_TOP = 500
const LEGEND_STEP = Math.floor(PANEL.width / 3)
/** Characters of which a title takes too much room. */
const LONG_TITLE = 45
/** Between the words and the map. */
const COLUMN_GAP = 44
/** As public/favicon.svg has it, 32 pixels wide. */
const SIGN =
  '<rect width="32" height="32" rx="7" fill="#0f766e"/><path d="M17.8 4.5 8.5 18h6.2l-1.6 9.5L22.5 13.6h-6.4z" fill="#fff"/><path d="M6 27.5h20" stroke="#5eead4" stroke-width="2.2" stroke-linecap="round"/>'
const COLORS: Record<DeviceState, string> = { on: '#0f766e', off: '#b3261e', silent: '#57534e' }
const INK = '#1c1917'
const TONED = '#44403c'

/** Text in Pango's markup, which is XML: what XML cannot hold is left out. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

const span = (text: string, size: number, color: string, weight = 'normal') =>
  `<span size="${size}pt" foreground="${color}" weight="${weight}">${escaped(text)}</span>`

/** What stands between two paragraphs. */
const gap = (size: number) => `\n<span size="${size}pt"> </span>\n`

export function layOut(facts: PictureFacts): Picture {
  const drawing = drawPlace(facts.place, {
    left: PANEL.left + PANEL_PADDING,
    top: PANEL.top + PANEL_PADDING,
    width: PANEL.width - 2 * PANEL_PADDING,
    height: PANEL.height - 2 * PANEL_PADDING,
  })
  const legend = drawing === null ? [] : facts.legend
  const textWidth = drawing === null ? WIDTH - 2 * MARGIN : PANEL.left - MARGIN - COLUMN_GAP
  const texts = [
    { markup: span('Gridwitness', 30, INK, 'bold'), ...box(MARGIN + 62, 66, 400, 52) },
    { markup: mainMarkup(facts), ...box(MARGIN, 150, textWidth, 380) },
    { markup: span(facts.motto, 24, TONED), ...box(MARGIN, 562, WIDTH / 2, 52) },
    ...legend.map(({ text }, index) => ({
      markup: span(text, 22, TONED),
      ...box(legendLeft(index) + 24, LEGEND_TOP, LEGEND_STEP - 28, 44),
    })),
  ]
  const panel = drawing === null ? '' : PANEL_GROUND + drawing
  const dots = legend.map(({ state }, index) => dot(state, legendLeft(index) + 9, LEGEND_TOP + 11))
  return {
    svg: svgOf(COLORS[facts.state], panel + dots.join('')),
    texts: texts.map((text) => ({
      ...text,
      markup: `<span lang="${facts.language}">${text.markup}</span>`,
    })),
  }
}

const legendLeft = (index: number): number => PANEL.left + index * LEGEND_STEP

const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  width,
  height,
})

const mainMarkup = ({ title, headline, state, lines }: PictureFacts): string =>
  [
    span(title, title.length > LONG_TITLE ? 40 : 54, INK, 'bold'),
    span(headline, 40, COLORS[state], 'bold'),
    lines.map((line) => span(line, 28, TONED)).join(gap(6)),
  ].join(gap(12))

const svgOf = (color: string, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<rect width="${EDGE}" height="${HEIGHT}" fill="${color}"/>
<g transform="translate(${MARGIN} 56) scale(1.4375)">${SIGN}</g>
${content}
</svg>`
