import { addTemplate } from 'nuxt/kit'
import type { Nuxt } from 'nuxt/schema'

/** The plugin of @nuxtjs/i18n that runs on the server. */
const PLUGIN = /@nuxtjs\/i18n\/.*runtime\/server\/plugin$/

/**
 * Nuxt module: the API speaks no language, so the plugin is not told of its requests. For each one it would copy the whole
 * configuration and read the environment into it, which costs more than to take a reading.
 */
export function i18nOfPagesOnly(_options: unknown, nuxt: Nuxt): void {
  let whole = ''
  const { dst } = addTemplate({
    filename: 'i18n-of-pages-only.mjs',
    write: true,
    getContents: () => `
      import plugin from ${JSON.stringify(whole)}
      const isPage = ({ path }) => !path.startsWith('/api/v1/')
      export default (nitroApp) => {
        const hook = (name, listener) =>
          nitroApp.hooks.hook(name, name === 'request' ? (event) => isPage(event) && listener(event) : listener)
        return plugin({ ...nitroApp, hooks: { hook } })
      }`,
  })
  nuxt.hook('nitro:config', (config) => {
    const found = config.plugins?.find((path) => PLUGIN.test(path))
    if (found === undefined) throw new Error('expected @nuxtjs/i18n to have a plugin on the server')
    whole = found
    config.plugins = config.plugins?.map((path) => (path === found ? dst : path))
  })
}
