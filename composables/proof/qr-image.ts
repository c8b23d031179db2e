import decodeQR from 'qr/decode.js'

/** Enough for a code that fills a quarter of a photo; more only costs time. */
const MAX_SIDE_PX = 1600
const TIME_LIMIT_MS = 3_000

/** Text of the QR code in an image; null where none is found or the file is no image. */
export async function qrTextIn(file: Blob): Promise<string | null> {
  try {
    const bitmap = await createImageBitmap(file)
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height))
    const width = Math.round(bitmap.width * scale)
    const height = Math.round(bitmap.height * scale)
    const context = new OffscreenCanvas(width, height).getContext('2d')
    if (!context) return null
    context.drawImage(bitmap, 0, 0, width, height)
    const image = context.getImageData(0, 0, width, height)
    return decodeQR(image, { effort: Infinity, timeLimit: TIME_LIMIT_MS })
  } catch {
    // The decoder throws where it finds nothing, the browser where the file is no image.
    return null
  }
}
