/** What browsers may load, run and ask (Content Security Policy 3). docs/threat-model.md says why each exception is there. */

const NOTHING_ELSE = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]

/** Of an answer that is no page: opened as one, it may do nothing. */
export const DATA_POLICY = [...NOTHING_ELSE, "form-action 'none'", 'sandbox'].join('; ')

/** Chosen by visitors: nodes on their own machine speak plain http. */
const OWN_MACHINE = 'http://localhost:* http://127.0.0.1:*'

/**
 * Of the scripts, which workers are made of: a worker has the policy of its script, not of the page. The one that verifies
 * asks nodes of the visitor's choice, so pages themselves need not reach past the portal. `nodes` are the operator's.
 */
export const workerPolicy = (nodes: readonly (string | undefined)[]): string =>
  [
    ...NOTHING_ELSE,
    "script-src 'self'",
    ["connect-src 'self' https:", OWN_MACHINE, ...plainOrigins(nodes)].join(' '),
  ].join('; ')

const plainOrigins = (urls: readonly (string | undefined)[]): string[] =>
  urls.flatMap((url) => (url?.startsWith('http:') ? [new URL(url).origin] : []))

/** Of a page. Inline scripts run only with its nonce; without one, none do. `tileUrl` is a template of map tiles. */
export function pagePolicy(nonce: string | undefined, tileUrl: string): string {
  const script = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`
  const tiles = tileSource(tileUrl)
  return [
    ...NOTHING_ELSE,
    `script-src ${script}`,
    "script-src-attr 'none'",
    // Icons, colours and charts bring style elements of their own, pages are rendered with style attributes.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob:${tiles === null ? '' : ` ${tiles}`}`,
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
  ].join('; ')
}

/** Where tiles come from; null where the portal has them itself, or none. `{s}` stands for one of several hosts. */
function tileSource(template: string): string | null {
  const [, scheme, host = ''] = /^(https?):\/\/([^/?#]+)/.exec(template) ?? []
  if (scheme === undefined) return null
  const named = host.replace(/^\{s\}\./, '*.')
  return /^[\w.*:-]+$/.test(named) ? `${scheme}://${named}` : `${scheme}:`
}
