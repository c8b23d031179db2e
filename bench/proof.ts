import { join } from 'node:path'
import type { Acceptance } from '../shared/api/readings.ts'
import { isFullyProved, ipfsGateway, rpcChain, verifyProof } from '../shared/verification/index.ts'
import { startStack, type Stack } from '../stack/start.ts'
import { launchBrowser } from '../tests/e2e/browser.ts'
import { proofText } from '../tests/e2e/scene.ts'
import { enrol, postReadings, startReadyPortal, testEnvironment } from '../tests/portal.ts'
import { quantile } from './quantile.ts'
import { devices, nextReadings } from './readings.ts'
import { tell } from './tell.ts'
import { withFolder } from './with-models.ts'

/**
 * How long the portal takes to build a proof, and a verifier to check it with chain and batch file, from a batch as large
 * as a block of 2,500 sensors fills in a quarter of an hour. The median of several, in milliseconds; one JSON line each.
 */
const READINGS = 2_500
const READINGS_PER_REQUEST = 500
const BUILDS = 50
const VERIFICATIONS = 5

await withFolder(async (dir) => {
  const stack = await startStack({ dir: join(dir, 'stack') })
  try {
    const leafHash = await handIn(stack)
    const portal = await startReadyPortal(testEnvironment(stack))
    try {
      await measure(portal.url, stack, leafHash)
    } finally {
      await portal.stop()
    }
  } finally {
    await stack.stop()
  }
})

/** Readings of devices enrolled, all waiting for one batch; answers the leaf hash of the first. */
async function handIn(stack: Stack): Promise<string> {
  const portal = await startReadyPortal(
    testEnvironment(stack, {
      NUXT_BATCH_INTERVAL_SECONDS: '900',
      NUXT_DEVICE_READINGS_PER_HOUR: '0',
      NUXT_ADDRESS_READINGS_PER_MINUTE: '0',
    }),
  )
  try {
    await enrol(portal.url, 'bench', devices)
    const answers: Acceptance[] = []
    for (let sent = 0; sent < READINGS; sent += READINGS_PER_REQUEST)
      answers.push(...(await postReadings(portal.url, nextReadings(READINGS_PER_REQUEST))).body)
    const [first] = answers
    if (!first || first.status === 'rejected') throw new Error('expected the readings accepted')
    return first.leaf_hash
  } finally {
    await portal.stop()
  }
}

async function measure(url: string, stack: Stack, leafHash: string): Promise<void> {
  const proof = await proofText(url, leafHash)
  const path = `${url}/api/v1/records/${leafHash}/proof`
  tell('proof.build', await median(BUILDS, () => fetch(path).then((answer) => answer.text())), 'ms')
  const sources = {
    chain: rpcChain({ rpcUrl: stack.rpcUrl, contract: stack.contract }),
    ipfs: ipfsGateway({ gatewayUrl: url }),
  }
  const verify = async () => {
    if (!isFullyProved(await verifyProof(proof, sources))) throw new Error('expected it proved')
  }
  tell('verify.node', await median(VERIFICATIONS, verify), 'ms')
  tell('verify.browser', await inBrowser(`${url}/verify?leaf=${leafHash}`), 'ms')
}

async function median(times: number, work: () => Promise<unknown>): Promise<number> {
  const took: number[] = []
  for (let n = 0; n < times; n += 1) {
    const startedAt = performance.now()
    await work()
    took.push(performance.now() - startedAt)
  }
  return quantile(took, 0.5)
}

/** From the address typed to the verdict shown, in Chromium on this machine; the page's files are fetched each time. */
async function inBrowser(address: string): Promise<number> {
  const browser = await launchBrowser()
  try {
    return await median(VERIFICATIONS, async () => {
      const context = await browser.newContext({ serviceWorkers: 'block' })
      const page = await context.newPage()
      await page.goto(address)
      await page.locator('[data-verdict=proved]').waitFor()
      await context.close()
    })
  } finally {
    await browser.close()
  }
}
