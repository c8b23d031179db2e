declare module 'h3' {
  interface H3EventContext {
    /** Set by the page that is rendered (`plugins/script-nonce.server.ts`). */
    scriptNonce?: string
  }
}

/** The portal looks through the camera for codes, and asks where someone is; the rest is nobody's here. */
const FORBIDDEN = ['microphone', 'payment', 'usb', 'serial', 'midi', 'display-capture']
const PERMISSIONS = [
  'camera=(self)',
  'geolocation=(self)',
  ...FORBIDDEN.map((name) => `${name}=()`),
]

/** On every answer, files included. Tile servers are sent the origin they serve, and no more. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
}
/** Pictures that other sites show for a link are the only thing others may embed. */
const EMBEDDED = /^\/(?:og|icons)\//

/** What browsers are told about each answer. docs/threat-model.md says against whom. */
export default defineNitroPlugin((nitroApp) => {
  const { siteUrl, tileUrl } = useRuntimeConfig().public
  const { NUXT_PUBLIC_RPC_URL, NUXT_PUBLIC_GATEWAY_URL } = useComposition().config
  const scripts = workerPolicy([NUXT_PUBLIC_RPC_URL, NUXT_PUBLIC_GATEWAY_URL])
  const always = Object.entries({
    ...ALWAYS,
    // One year; over plain http browsers pass it over (RFC 6797 §8.1).
    ...(siteUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  })

  nitroApp.hooks.hook('request', ({ path, node: { res } }) => {
    for (const [name, value] of always) res.setHeader(name, value)
    res.setHeader('content-security-policy', path.startsWith('/_nuxt/') ? scripts : DATA_POLICY)
    if (!EMBEDDED.test(path)) res.setHeader('cross-origin-resource-policy', 'same-origin')
  })
  nitroApp.hooks.hook('render:html', (html, { event }) => {
    const nonce = event.context.scriptNonce
    if (nonce !== undefined) html.head = html.head.map((part) => withNonce(part, nonce))
    setResponseHeaders(event, {
      'content-security-policy': pagePolicy(nonce, tileUrl),
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': PERMISSIONS.join(', '),
      'x-frame-options': 'DENY',
    })
  })
  nitroApp.hooks.hook('render:response', (response) => {
    delete response.headers?.['x-powered-by']
  })
})

/** A script that a module adds to the head, whole and alone: nobody else's words are in such a part. */
const withNonce = (part: string, nonce: string): string =>
  /^<script>(?:(?!<\/?script)[^])*<\/script>$/.test(part)
    ? part.replace('<script>', `<script nonce="${nonce}">`)
    : part
