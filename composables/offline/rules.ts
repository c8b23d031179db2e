/** What the service worker does with a request, by its address alone. Everything that is not named goes to the network untouched. */

/** `page` and `state` come from the network and are kept for when there is none; `asset` never changes under its address. */
export type Keeping = 'page' | 'state' | 'asset'

/** Pages and answers that are for one person: never kept on a device others may use. */
const PRIVATE_PAGE =
  /^(?:\/hi)?\/(?:(?:admin|account|sign-in|invitation|reset)(?:\/|$)|complaints\/(?!new\/?$))/
/** Of complaints the list alone: one of them is told to whoever has its link more than to others. */
const PUBLIC_ANSWER =
  /^\/api\/v1\/(?:(?:map|areas|outages|devices|batches|ledger)(?:\/|$)|complaints$)/
/** Of an area or outage, but not for the eyes of everyone, or without end. */
const NEVER = /\/complaints\/|\/events$|\/file$/
const ASSET = /^\/(?:_nuxt|_i18n|icons)\/|^\/favicon\.svg$|^\/manifest[\w-]*\.webmanifest$/
/** These say which build is the newest: an old answer would be a lie. */
const BUILD_FACTS = /^\/_nuxt\/builds\//

interface Asked {
  method: string
  url: string
  /** Of `Request.mode`: `navigate` is a page. */
  mode: string
}

/** How a request is kept, or null: not at all. `origin` is the portal's own. */
export function keepingOf({ method, url, mode }: Asked, origin: string): Keeping | null {
  const { origin: asked, pathname } = new URL(url)
  if (method !== 'GET' || asked !== origin || BUILD_FACTS.test(pathname)) return null
  if (ASSET.test(pathname)) return 'asset'
  if (PUBLIC_ANSWER.test(pathname)) return NEVER.test(pathname) ? null : 'state'
  if (mode !== 'navigate' || /^\/(?:api|ipfs|open311|og)\//.test(pathname)) return null
  return PRIVATE_PAGE.test(pathname) || /\.\w+$/.test(pathname) ? null : 'page'
}

/** A form is the same whatever its address says of a place: the address under which any of them was kept. */
const FORM = /^(?:\/hi)?\/complaints\/new\/?$/

/** Addresses under which a page may be kept, the nearest first. */
export function keptUnder(url: string): string[] {
  const { origin, pathname, search } = new URL(url)
  return search !== '' && FORM.test(pathname) ? [url, `${origin}${pathname}`] : [url]
}

/** The page that is shown where there is neither network nor a kept page, in the language of the address. */
export const offlinePageFor = (url: string): string =>
  /^\/hi(?:\/|$)/.test(new URL(url).pathname) ? '/hi/offline' : '/offline'

/** Whether an answer may be kept: whole, good, and not marked as one reader's. */
export const mayKeep = ({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean =>
  status === 200 && !/no-store|private/.test(headers.get('cache-control') ?? '')
