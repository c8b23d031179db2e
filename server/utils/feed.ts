import type { H3Event } from 'h3'
import { LICENCE } from '../services/feeds/licence'

/** Feeds and downloads say under which licence they are given. */
export function licenceFeed(event: H3Event, fileName?: string): void {
  setResponseHeader(event, 'link', `<${LICENCE.url}>; rel="license"`)
  if (fileName !== undefined)
    setResponseHeader(event, 'content-disposition', `attachment; filename="${fileName}"`)
}

/** Answers a feed whole, with an ETag. */
export function sendFeed(event: H3Event, text: string, type: string, fileName?: string): string {
  licenceFeed(event, fileName)
  setResponseHeader(event, 'content-type', `${type}; charset=utf-8`)
  return isUnchanged(event, text) ? '' : text
}

/**
 * Where this portal is, for what is read elsewhere: the address told by the operator, else the one asked. What that answers,
 * whoever asks says: no cache gives it to another.
 */
export function originOf(event: H3Event): { origin: string } {
  const { siteUrl } = useRuntimeConfig(event).public
  if (siteUrl) return { origin: new URL(siteUrl).origin }
  setResponseHeader(event, 'cache-control', 'private, no-cache')
  return { origin: getRequestURL(event).origin }
}
