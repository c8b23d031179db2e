import type { H3Event } from 'h3'
import { pictureQuery } from '../../shared/api/pictures'
import { drawnPictures } from '../services/picture/drawn'
import type { PictureStyle } from '../services/picture/written'

const pictures = drawnPictures()
const MAX_AGE_S = 60

/** Language of the query; zone and region of the portal. */
export function pictureStyleOf(event: H3Event): PictureStyle {
  const { timeZone, region } = useRuntimeConfig(event).public
  return { language: queryOf(event, pictureQuery).lang, timeZone, region }
}

/** Answers a picture as PNG, with an ETag of what it says: nothing is drawn for who has it already. */
export async function sendPicture(
  event: H3Event,
  picture: Parameters<typeof pictures.draw>[0],
): Promise<Uint8Array | string> {
  setResponseHeader(event, 'cache-control', `public, max-age=${MAX_AGE_S}`)
  if (isUnchanged(event, JSON.stringify(picture))) return ''
  const png = await pictures.draw(picture)
  setResponseHeader(event, 'content-type', 'image/png')
  return png
}
