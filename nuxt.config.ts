export default defineNuxtConfig({
  srcDir: '.',
  compatibilityDate: '2026-11-01',
  modules: ['@nuxt/ui', '@pinia/nuxt', '@nuxtjs/leaflet'],
  ui: { fonts: false },
  css: ['~/assets/main.css'],
  telemetry: false,
  devtools: { enabled: false },
})
