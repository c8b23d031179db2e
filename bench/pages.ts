import type { CDPSession, Page } from 'playwright-core'
import { startScene, watchedPage, type Scene } from '../tests/e2e/scene.ts'

/**
 * What a page costs a cheap phone: the production build (`npm run build`) in Chromium, four times slower than this machine.
 * Prints one JSON line a measure; fails where one is over its limit.
 */
const SLOWDOWN = 4
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }
const LIMITS = {
  javascript_kb: 250,
  lcp_ms: 2_000,
  inp_ms: 200,
  cls: 0.05,
  third_party_requests: 0,
}
type Measure = keyof typeof LIMITS

const BYTES_PER_KB = 1024
const PAN_STEPS = 12
const PAN_PX = 160
/** Events shorter than this are not told of. */
const SHORTEST_EVENT_MS = 16

const scene = await startScene()
try {
  for (const device of scene.devices) await scene.report(device)
  // What comes first after a start is not what visitors meet.
  await fetch(scene.test.url)
  await measureMap(scene)
} finally {
  await scene.stop()
}

async function measureMap({ browser, test }: Scene): Promise<void> {
  const { page } = await watchedPage(browser, PHONE)
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
  const requests = await watchRequests(session)
  await page.addInitScript(observe, SHORTEST_EVENT_MS)
  await page.goto(test.url)
  await page.locator('[aria-busy=false] .outage-map canvas').waitFor()
  await page.locator('[data-live=live]').waitFor()
  const scriptBytes = requests.scriptBytes()
  await use(page)
  const seen = await page.evaluate(() => window.benchSeen)
  tell('javascript_kb', scriptBytes / BYTES_PER_KB)
  tell('lcp_ms', seen.lcpMs)
  tell('inp_ms', seen.inpMs)
  tell('cls', seen.cls)
  tell('third_party_requests', requests.elsewhere(new URL(test.url).host))
  await page.context().close()
}

/** Drags the map, filters, points at a sensor and closes what opens. */
async function use(page: Page): Promise<void> {
  const box = await page.locator('.outage-map').boundingBox()
  if (!box) throw new Error('expected the map to have a box')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  for (const by of [PAN_PX, -PAN_PX]) {
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + by, y, { steps: PAN_STEPS })
    await page.mouse.up()
  }
  const filter = page.getByRole('button', { name: 'Silent', exact: true })
  await filter.click()
  await filter.click()
  await page.mouse.click(x, y)
  await page.getByTestId('chosen').getByRole('button').first().click()
  // The browser tells of an event once its frame is painted.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

async function watchRequests(session: CDPSession) {
  const urls: string[] = []
  const scripts = new Set<string>()
  let bytes = 0
  await session.send('Network.enable')
  // Whoever sits behind an old proxy gets no better compression.
  await session.send('Network.setExtraHTTPHeaders', { headers: { 'accept-encoding': 'gzip' } })
  session.on('Network.requestWillBeSent', ({ request }) => urls.push(request.url))
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  return {
    scriptBytes: () => bytes,
    elsewhere: (host: string) =>
      urls.filter((url) => url.startsWith('http') && new URL(url).host !== host).length,
  }
}

interface Seen {
  lcpMs: number
  cls: number
  /** The longest interaction: there are too few to leave any out. */
  inpMs: number
}

declare global {
  interface Window {
    benchSeen: Seen
  }
}

/** Runs in the page, before anything else. */
function observe(shortestMs: number): void {
  const seen: Seen = { lcpMs: 0, cls: 0, inpMs: 0 }
  window.benchSeen = seen
  const watch = (
    type: string,
    take: (entry: PerformanceEntry & Partial<Record<'value' | 'interactionId', number>>) => void,
    options: object = {},
  ) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      ...options,
    })
  watch('largest-contentful-paint', ({ startTime }) => (seen.lcpMs = startTime))
  watch('layout-shift', (entry) => {
    const isWanted = 'hadRecentInput' in entry && entry.hadRecentInput === true
    if (!isWanted) seen.cls += entry.value ?? 0
  })
  watch(
    'event',
    ({ duration, interactionId = 0 }) => {
      if (interactionId > 0) seen.inpMs = Math.max(seen.inpMs, duration)
    },
    { durationThreshold: shortestMs },
  )
}

function tell(name: Measure, value: number): void {
  const limit = LIMITS[name]
  console.log(JSON.stringify({ name: `page.map.${name}`, value: Number(value.toFixed(3)), limit }))
  if (!(value <= limit)) process.exitCode = 1
}
