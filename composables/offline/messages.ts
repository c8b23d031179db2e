/** What the pages and the service worker tell each other. */

/** Page to worker: keep these, which were fetched past it, the page itself among them. Addresses on the portal. */
export interface KeepMessage {
  kind: 'keep'
  page: string | null
  others: string[]
}

/** Worker to pages: what was just asked for came from this device, as it was at that moment (ISO 8601). */
export interface KeptMessage {
  kind: 'kept'
  at: string
}

/** Attribute of `<html>` of a page that came from this device: when it was fetched. */
export const KEPT_AT = 'data-kept-at'
