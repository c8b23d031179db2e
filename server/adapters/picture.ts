import { createRequire } from 'node:module'
import sharp, { type OutputInfo } from 'sharp'
import { PICTURE_FONTS } from './picture-fonts.ts'

/** Words in Pango's markup, set in a box of a picture. Pixels. */
export interface PictureText {
  markup: string
  left: number
  top: number
  /** Lines are broken to it. */
  width: number
  /** Words that need more are set smaller, until they fit. */
  height: number
}

/** A drawing and the words upon it. */
export interface Picture {
  svg: string
  texts: PictureText[]
}

const FONT = 'Noto Sans'
/** At which a point is a pixel. */
const DPI = 72

/** A font once named is known to the whole process: words may then mix its weights. */
let fonts: Promise<unknown> | null = null

async function knowFonts(): Promise<void> {
  // Asked for here, not when this file is read: what is built knows its own place only once it has begun.
  const { resolve } = createRequire(import.meta.url)
  fonts ??= Promise.all(
    PICTURE_FONTS.map((font) =>
      sharp({ text: { text: 'G', font: FONT, fontfile: resolve(font) } })
        .raw()
        .toBuffer(),
    ),
  )
  try {
    await fonts
  } catch (failure) {
    fonts = null
    throw failure
  }
}

/** PNG of a picture, in fonts that come with the portal: it looks the same on every machine. */
export async function pngOf({ svg, texts }: Picture): Promise<Uint8Array> {
  await knowFonts()
  const layers = await Promise.all(texts.map(layerOf))
  return sharp(Buffer.from(svg)).composite(layers).png({ compressionLevel: 9 }).toBuffer()
}

async function layerOf(text: PictureText) {
  const asAsked = await set(text, { dpi: DPI })
  const { data, info } =
    asAsked.info.height <= text.height ? asAsked : await set(text, { height: text.height })
  const { width, height, channels } = info
  return { input: data, raw: { width, height, channels }, left: text.left, top: text.top }
}

/** With a height in place of the resolution, the words are made to fit. */
const set = (
  { markup, width }: PictureText,
  size: { dpi: number } | { height: number },
): Promise<{ data: Buffer; info: OutputInfo }> =>
  sharp({ text: { text: markup, font: FONT, width, rgba: true, wrap: 'word-char', ...size } })
    .raw()
    .toBuffer({ resolveWithObject: true })
