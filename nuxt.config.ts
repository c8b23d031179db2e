import type { NitroConfig } from 'nitropack/types'
import type { Nuxt } from 'nuxt/schema'
import { catalogueFiles, typeCatalogues } from './i18n/catalogues.ts'
import { i18nOfPagesOnly } from './i18n/pages-only.ts'
import { FONT_LICENCE, PICTURE_FONTS } from './server/adapters/picture-fonts.ts'

const nitro = {
  // envExpansion is off by default; naming it satisfies Nuxt's narrower type of these options.
  experimental: { tasks: true, envExpansion: false },
  compressPublicAssets: true,
  // Every two seconds the ledger is asked what is due.
  scheduledTasks: {
    '*/2 * * * * *': ['ledger:advance', 'outages:derive'],
    '*/30 * * * * *': ['complaints:tend', 'outages:tell'],
    '*/5 * * * * *': ['readings:condense'],
  },
  esbuild: { options: { target: 'es2024' } },
  // ethers stands on another version of noble than we do: bundled, each finds its own.
  externals: {
    inline: ['ethers', '@noble', '@adraffy', 'aes-js'],
    traceInclude: [
      // Its exports name a file that is not there, so tracing passes it over.
      'node_modules/interface-store/dist/src/index.js',
      ...[...PICTURE_FONTS, FONT_LICENCE].map((file) => `node_modules/${file}`),
    ],
  },
  typescript: {
    tsConfig: {
      exclude: ['../cli', '../contracts/*.ts', '../stack', '../bench', '../tests', '../firmware'],
    },
  },
} satisfies NitroConfig

/**
 * Icons wait on the server with `onServerPrefetch`, which Nuxt cuts from the browser's bundle. Vue then counts other
 * asynchronous components there than on the server, and every `useId()` differs: labels would lose their fields.
 */
function keepServerPrefetch(_options: unknown, { options }: Nuxt): void {
  const { client } = options.optimization.treeShake.composables
  client.vue = client.vue?.filter((name) => name !== 'onServerPrefetch') ?? []
}

/**
 * Each file costs a cheap phone a request and half a kilobyte of headers: what every page loads comes in one, what most pages
 * share in another.
 */
const chunkGroups = [
  { name: 'initial', tags: ['$initial' as const], priority: 1 },
  { name: 'shared', test: /[\\/](?:components[\\/]common|composables)[\\/]/, minShareCount: 6 },
]

export default defineNuxtConfig({
  srcDir: '.',
  buildDir: process.env.NUXT_BUILD_DIR ?? '.nuxt',
  // Nuxt leaves what lies in its shared folder out of the pages' server bundle and names it by a path that is one folder off.
  dir: { shared: 'shared/nuxt' },
  compatibilityDate: '2026-11-01',
  modules: [
    '@nuxt/ui',
    '@nuxtjs/i18n',
    '@pinia/nuxt',
    '@nuxtjs/leaflet',
    keepServerPrefetch,
    typeCatalogues,
    i18nOfPagesOnly,
  ],
  i18n: {
    strategy: 'prefix_except_default',
    defaultLocale: 'en',
    locales: [
      { code: 'en', language: 'en', name: 'English', dir: 'ltr', files: catalogueFiles('en') },
      { code: 'hi', language: 'hi', name: 'हिन्दी', dir: 'ltr', files: catalogueFiles('hi') },
    ],
    // An address says its language; another is offered, never forced.
    detectBrowserLanguage: false,
    // A catalogue's address holds its hash.
    experimental: { httpCacheDuration: 365 * 24 * 60 * 60 },
  },
  ui: { fonts: false },
  css: ['~/assets/main.css'],
  appConfig: {
    ui: {
      colors: {
        primary: 'teal',
        neutral: 'stone',
        success: 'teal',
        warning: 'amber',
        error: 'red',
      },
    },
  },
  app: {
    head: {
      meta: [
        { name: 'viewport', content: 'width=device-width, initial-scale=1' },
        { name: 'theme-color', media: '(prefers-color-scheme: light)', content: '#ffffff' },
        { name: 'theme-color', media: '(prefers-color-scheme: dark)', content: '#1c1917' },
      ],
      link: [{ rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }],
    },
  },
  icon: {
    fallbackToApi: false,
    serverBundle: { collections: ['lucide'] },
    clientBundle: {
      scan: {
        globInclude: ['{components,layouts,pages,composables}/**/*.{vue,ts}', '*.vue'],
        globExclude: [],
      },
    },
  },
  runtimeConfig: {
    public: {
      /** Shown plainly on every page when not empty. */
      notice: '',
      /** The same in Hindi; empty: the notice as it is. */
      noticeHi: '',
      /** "latitude,longitude" */
      mapCenter: '37.84,-85.7',
      mapZoom: 8,
      /** Who runs this portal, as the pages name them; empty: nobody is named. */
      operator: '',
      /** E-mail address or http(s) URL at which they are reached. */
      contact: '',
      /** Where the source code of this portal is had, with the tool for checking; http(s) URL; empty: nothing is said. */
      sourceUrl: '',
      /** Zone in which every page tells the time (IANA). */
      timeZone: 'Asia/Kolkata',
      /** Whose way of writing numbers and dates is followed (ISO 3166). */
      region: 'IN',
      /** Address under which the portal is known; empty: the one asked. */
      siteUrl: '',
      /** Empty: no tiles, the areas' outlines alone. */
      tileUrl: 'https://tile.openstreetmap.org/{z}/{x}/{y}.png',
      tileAttribution: '© OpenStreetMap contributors',
    },
  },
  vite: {
    // One copy of Leaflet: vue-leaflet asks for this file by name.
    resolve: { alias: [{ find: /^leaflet$/, replacement: 'leaflet/dist/leaflet-src.esm.js' }] },
    worker: { format: 'es' },
    $client: {
      build: { rolldownOptions: { output: { codeSplitting: { groups: chunkGroups } } } },
    },
  },
  // What a link leads to is fetched when someone turns to the link: a cheap phone loads no page it does not open.
  experimental: {
    defaults: { nuxtLink: { prefetchOn: { visibility: false, interaction: true } } },
  },
  nitro,
  // Shown at any address when there is no network: scripts would look for that address's own page.
  routeRules: { '/offline': { noScripts: true }, '/hi/offline': { noScripts: true } },
  ignore: ['cli/**', 'contracts/**', 'firmware/**', 'stack/**', 'docs/**', 'bench/**', 'tests/**'],
  hooks: {
    // What a page loads when someone asks for it is not fetched before.
    'build:manifest'(manifest) {
      for (const file of Object.values(manifest)) file.prefetch = false
    },
  },
  typescript: {
    strict: true,
    tsConfig: {
      exclude: [
        '../cli',
        '../contracts',
        '../stack',
        '../bench',
        '../tests',
        '../firmware',
        '../docs',
      ],
    },
  },
  telemetry: false,
  devtools: { enabled: false },
})
