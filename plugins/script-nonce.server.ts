import { randomBytes } from 'node:crypto'

/** CSP 3 §8.1 asks for 128 bits. */
const NONCE_BYTES = 16

/**
 * Names the scripts of a page by a number used once, which the page's content policy (`server/plugins/content-policy.ts`)
 * asks for. It is put on tags the page is made of, never looked for in its text: what someone wrote into a text gets none.
 */
export default defineNuxtPlugin({
  name: 'script-nonce',
  enforce: 'pre',
  setup({ ssrContext }) {
    if (!ssrContext) return
    const nonce = randomBytes(NONCE_BYTES).toString('base64')
    ssrContext.event.context.scriptNonce = nonce
    ssrContext.head.hooks?.hook('ssr:render', ({ tags }) => {
      for (const tag of tags) if (tag.tag === 'script') tag.props = { ...tag.props, nonce }
    })
  },
})
