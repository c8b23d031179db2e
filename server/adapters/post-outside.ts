import { request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { publicLookup } from './public-address.ts'

export interface OutsidePost {
  headers: Record<string, string>
  body: Uint8Array
  timeoutMs: number
}

/** Posts to an address somebody else chose and answers the status. Throws when nobody answers in time, or inside our networks. */
export type PostOutside = (url: string, post: OutsidePost) => Promise<number>

/**
 * Over https alone, to public addresses alone, and nowhere further: where an answer redirects to, nobody has checked. What is
 * answered is not read.
 */
export const postOutside =
  (lookup: LookupFunction = publicLookup()): PostOutside =>
  (url, { headers, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      const { protocol, hostname } = new URL(url)
      // An address in place of a name is connected to without being looked up.
      if (protocol !== 'https:' || /^\[|^[\d.]+$/.test(hostname))
        return reject(new Error(`${hostname}: expected a name under https`))
      const sent = request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
        lookup,
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      })
      sent.on('response', (response) => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
      sent.on('error', reject)
      sent.end(body)
    })
