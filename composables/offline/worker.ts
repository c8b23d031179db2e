/// <reference lib="webworker" />
import { answerAsset, answerPage, answerState, type Line } from './answers.ts'
import type { KeepMessage, KeptMessage } from './messages.ts'
import { answerTap, showNotice } from './notices.ts'
import { keepingOf, type Keeping } from './rules.ts'
import { keptStores } from './stores.ts'

/**
 * The service worker: the shell and the last known state for when there is no network. The build it came with is
 * its version. A newer one waits until every page of the old one is closed: nothing changes under a reader's eyes.
 */
declare const self: ServiceWorkerGlobalScope

const { origin, searchParams } = new URL(self.location.href)
const stores = keptStores(searchParams.get('build') ?? 'none', self.caches)
const OFFLINE_PAGES = ['/offline', '/hi/offline']
const ANSWERS = { asset: answerAsset, state: answerState, page: answerPage }

const lineOf = (event: FetchEvent): Line => ({
  stores,
  fetch: (request) => self.fetch(request),
  later: (work) => event.waitUntil(work.catch(() => undefined)),
  tell: (at) => event.waitUntil(tellPages({ kind: 'kept', at })),
})

async function tellPages(message: KeptMessage): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const page of pages) page.postMessage(message)
}

/** Fetches and keeps; what cannot be had is left out. */
async function keep(path: string, keeping: Keeping | null): Promise<void> {
  if (!keeping) return
  const url = new URL(path, origin).href
  if (keeping === 'asset' && (await stores.find('asset', url))) return
  await stores.keep(keeping, url, await self.fetch(url)).catch(() => undefined)
}

/** A page with the style and scripts its text names. */
async function keepWithAssets(path: string): Promise<void> {
  const response = await self.fetch(path)
  const html = await response.clone().text()
  await stores.keep('page', new URL(path, origin).href, response)
  const assets = new Set(
    [...html.matchAll(/"(\/_nuxt\/[\w.-]+\.(?:css|js))"/g)].map(([, asset = '']) => asset),
  )
  await Promise.all([...assets].map((asset) => keep(asset, 'asset')))
}

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all(OFFLINE_PAGES.map(keepWithAssets)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(stores.deleteOthers().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const keeping = keepingOf(event.request, origin)
  if (keeping) event.respondWith(ANSWERS[keeping](lineOf(event), event.request))
})

self.addEventListener('message', (event) => {
  const { kind, page, others }: KeepMessage = event.data
  if (kind !== 'keep') return
  const asked = (path: string, mode: string) =>
    keep(path, keepingOf({ method: 'GET', url: new URL(path, origin).href, mode }, origin))
  const pages = page === null ? [] : [asked(page, 'navigate')]
  event.waitUntil(Promise.all([...pages, ...others.map((path) => asked(path, 'cors'))]))
})

self.addEventListener('push', (event) => {
  event.waitUntil(showNotice(self, event.data))
})

self.addEventListener('notificationclick', (event) => {
  event.waitUntil(answerTap(self, event))
})
