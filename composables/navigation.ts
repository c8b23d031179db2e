/** The pages a visitor is led to, in their order; each is named by its member of `usePagePaths()` and `common.page`. */
export const MAIN_PAGES = [
  { name: 'map', icon: 'i-lucide-map' },
  { name: 'areas', icon: 'i-lucide-chart-no-axes-column' },
  { name: 'outages', icon: 'i-lucide-zap-off' },
  { name: 'complaints', icon: 'i-lucide-message-square-warning' },
  { name: 'batches', icon: 'i-lucide-layers' },
  { name: 'verify', icon: 'i-lucide-badge-check' },
] as const

/** The pages the footer leads to. */
export const FOOTER_PAGES = [
  'about',
  'trust',
  'openData',
  'apiDocs',
  'privacy',
  'accessibility',
] as const
