import sharp from 'sharp'
import { CodedError } from '../../shared/coded-error.ts'

/** Pixels that are ever decoded: a few bytes may claim to be a picture of any size. */
const MAX_INPUT_PIXELS = 40_000_000
const MAX_SIDE_PIXELS = 1600
const JPEG_QUALITY = 78
const DECODE_SECONDS = 10

/** File signatures of what is taken; nothing else, an SVG least of all, ever reaches a decoder. */
const SIGNATURES: readonly { at: number; bytes: readonly number[] }[] = [
  { at: 0, bytes: [0xff, 0xd8, 0xff] },
  { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
]

/**
 * A photo as it is kept: JPEG, upright, at most 1600 pixels a side, without any metadata (place, time, camera). Takes JPEG,
 * PNG and WebP of one picture. Throws `unsupported_media_type` or `malformed`.
 */
export async function keepablePhoto(bytes: Uint8Array): Promise<Buffer> {
  if (!SIGNATURES.some(({ at, bytes: known }) => known.every((byte, i) => bytes[at + i] === byte)))
    throw new CodedError('unsupported_media_type', 'photo: expected JPEG, PNG or WebP')
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'error', pages: -1 })
    const { pages = 1 } = await image.metadata()
    if (pages > 1)
      throw new CodedError('malformed', `photo: expected one picture, got an animation of ${pages}`)
    return await image
      .timeout({ seconds: DECODE_SECONDS })
      .rotate()
      .resize({
        width: MAX_SIDE_PIXELS,
        height: MAX_SIDE_PIXELS,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer()
  } catch (cause) {
    if (cause instanceof CodedError) throw cause
    throw new CodedError(
      'malformed',
      `photo: expected a picture of at most ${MAX_INPUT_PIXELS} pixels that can be decoded`,
      { cause },
    )
  }
}
