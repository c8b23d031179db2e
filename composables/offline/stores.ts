import { mayKeep, type Keeping } from './rules.ts'

/** The caches of one version of the worker. A newer worker brings its own and deletes these. */

const PREFIX = 'gridwitness-'
const STORED_AT = 'x-stored-at'
/** Above this many the oldest go. */
const MOST: Record<Keeping, number> = { page: 40, state: 80, asset: 400 }

export interface Kept {
  response: Response
  /** When it was fetched, ISO 8601. */
  at: string
}

export function keptStores(version: string, caches: CacheStorage) {
  const nameOf = (keeping: Keeping) => `${PREFIX}${version}-${keeping}`
  const open = (keeping: Keeping) => caches.open(nameOf(keeping))

  return {
    /** Keeps a copy of an answer, if it may be kept. */
    async keep(keeping: Keeping, url: string, response: Response): Promise<void> {
      if (!mayKeep(response)) return
      const headers = new Headers(response.headers)
      headers.set(STORED_AT, new Date().toISOString())
      const copy = new Response(await response.blob(), { status: 200, headers })
      const cache = await open(keeping)
      // Put anew, it is the youngest again.
      await cache.delete(url)
      await cache.put(url, copy)
      const keys = await cache.keys()
      const tooMany = keys.slice(0, Math.max(0, keys.length - MOST[keeping]))
      await Promise.all(tooMany.map((key) => cache.delete(key)))
    },
    async find(keeping: Keeping, url: string): Promise<Kept | null> {
      const response = await (await open(keeping)).match(url)
      return response ? { response, at: response.headers.get(STORED_AT) ?? '' } : null
    },
    /** Deletes the caches of other versions. */
    async deleteOthers(): Promise<void> {
      const names = await caches.keys()
      const own = `${PREFIX}${version}-`
      const others = names.filter((name) => name.startsWith(PREFIX) && !name.startsWith(own))
      await Promise.all(others.map((name) => caches.delete(name)))
    },
  }
}

export type KeptStores = ReturnType<typeof keptStores>
