import { KEPT_AT } from './messages.ts'
import { keptUnder, offlinePageFor } from './rules.ts'
import type { KeptStores } from './stores.ts'

/** How the worker answers. `later` keeps the worker alive until what is kept is kept. */
export interface Line {
  stores: KeptStores
  fetch: (request: Request) => Promise<Response>
  later: (work: Promise<unknown>) => void
  /** Tells the pages that they are shown what was kept. */
  tell: (at: string) => void
}

/** From this device when it is there: under its address it never changes. */
export async function answerAsset({ stores, fetch, later }: Line, request: Request) {
  const kept = await stores.find('asset', request.url)
  if (kept) return kept.response
  const response = await fetch(request)
  later(stores.keep('asset', request.url, response.clone()))
  return response
}

/** From the network; where there is none, as it was last, and the pages are told of when. */
export async function answerState({ stores, fetch, later, tell }: Line, request: Request) {
  try {
    const response = await fetch(request)
    later(stores.keep('state', request.url, response.clone()))
    return response
  } catch (failure) {
    const kept = await stores.find('state', request.url)
    if (!kept) throw failure
    tell(kept.at)
    return kept.response
  }
}

/** From the network; where there is none, the page as it was last, marked with when; else the page that says so. */
export async function answerPage({ stores, fetch, later }: Line, request: Request) {
  try {
    const response = await fetch(request)
    later(stores.keep('page', request.url, response.clone()))
    return response
  } catch (failure) {
    for (const url of keptUnder(request.url)) {
      const kept = await stores.find('page', url)
      if (kept) return marked(kept.response, kept.at)
    }
    const { origin } = new URL(request.url)
    const offline = await stores.find('page', `${origin}${offlinePageFor(request.url)}`)
    if (!offline) throw failure
    return offline.response
  }
}

async function marked(response: Response, at: string): Promise<Response> {
  const html = (await response.text()).replace('<html', `<html ${KEPT_AT}="${at}"`)
  const headers = new Headers(response.headers)
  // The text is another now; its content policy, with the number of its scripts, is what it came with.
  for (const name of ['content-length', 'content-encoding', 'etag']) headers.delete(name)
  return new Response(html, { headers })
}
