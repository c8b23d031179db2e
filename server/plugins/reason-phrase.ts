import { STATUS_CODES } from 'node:http'

/** The reason phrase is the status in words, and nothing of what was asked: pages that are not there would put their address in it. */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', ({ node: { res } }) => {
    Object.defineProperty(res, 'statusMessage', {
      get: () => STATUS_CODES[res.statusCode],
      set: () => undefined,
    })
  })
})
