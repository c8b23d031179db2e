import type { H3Event } from 'h3'
import { LICENCE } from '../services/feeds/licence'

/** Feeds and downloads are open to any origin and say under which licence they are given. */
export function licenceFeed(event: H3Event, fileName?: string): void {
  setResponseHeaders(event, {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'etag, link, content-disposition',
    link: `<${LICENCE.url}>; rel="license"`,
  })
  if (fileName !== undefined)
    setResponseHeader(event, 'content-disposition', `attachment; filename="${fileName}"`)
}

/** Answers a feed whole, with an ETag. */
export function sendFeed(event: H3Event, text: string, type: string, fileName?: string): string {
  licenceFeed(event, fileName)
  setResponseHeader(event, 'content-type', `${type}; charset=utf-8`)
  return isUnchanged(event, text) ? '' : text
}

/** Where this portal is, as its reader names it. */
export const originOf = (event: H3Event) => ({ origin: getRequestURL(event).origin })
