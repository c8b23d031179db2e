/** The service worker lies among the hashed files, and answers for the whole portal all the same. */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', ({ path, node }) => {
    if (path.startsWith('/_nuxt/')) node.res.setHeader('service-worker-allowed', '/')
  })
})
