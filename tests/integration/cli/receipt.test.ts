import { expect, it, vi } from 'vitest'
import type { Ledger } from '../../../shared/api/ledger.ts'
import {
  receiptSignedBytes,
  type Receipt,
  type UnsignedReceipt,
} from '../../../shared/receipt/index.ts'
import { problem, startPortal } from './portal.ts'
import { newKey } from './sensor.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const LEAF = 'c4'.repeat(32)
const key = await newKey()

async function receiptWith(changes: Partial<UnsignedReceipt> = {}): Promise<Receipt> {
  const unsigned: UnsignedReceipt = {
    v: 1,
    type: 'receipt',
    area_id: 'in-br-patna',
    leaf_hash: LEAF,
    log_key: key.publicKey,
    received_at: '2026-11-21T05:41:08.000Z',
    promise_by: '2026-11-21T06:26:08.000Z',
    ...changes,
  }
  return { ...unsigned, signature: await key.sign(receiptSignedBytes(unsigned)) }
}

const ledgerWith = (log_key: string): Ledger => ({
  chain_id: 31337,
  contract: `0x${'11'.repeat(20)}`,
  abi_url: '/abi.json',
  rpc_url: 'http://127.0.0.1:8545',
  gateway_url: 'http://127.0.0.1:3000',
  gateway_urls: ['http://127.0.0.1:3000'],
  log_key,
  outage_rules: 'v1',
  heartbeat_seconds: 900,
  batch_interval_seconds: 900,
  confirmations: 12,
  explorer_url: null,
})

it('a receipt says what it promises', async () => {
  const { stdout, stderr, code } = await gridwitness(['receipt', '-'], {
    stdin: JSON.stringify(await receiptWith()),
  })
  expect(stderr).toBe('')
  expect(stdout).toBe(
    `✓ signature  ${key.publicKey} signed this receipt.
– log key    Not compared with the portal's: give --portal URL.

Received 2026-11-21T05:41:08.000Z: record ${LEAF} of area in-br-patna.
Promised: it is in an anchored batch by 2026-11-21T06:26:08.000Z.
`,
  )
  expect(code).toBe(0)
})

it('the key is compared with the one the portal publishes', async () => {
  await using portal = await startPortal(({ path }) =>
    path === '/api/v1/ledger'
      ? { status: 200, body: ledgerWith(key.publicKey) }
      : problem(404, 'not_found', 'no'),
  )
  const { stdout, code } = await gridwitness(['receipt', '-', '--portal', portal.url], {
    stdin: JSON.stringify(await receiptWith()),
  })
  expect(stdout).toContain(`✓ log key    It is the key that ${portal.url} publishes.\n`)
  expect(portal.requests[0]?.headers.authorization).toBeUndefined()
  expect(code).toBe(0)
})

it('a receipt signed by another key than the portal publishes is refused', async () => {
  const { publicKey } = await newKey()
  await using portal = await startPortal(() => ({ status: 200, body: ledgerWith(publicKey) }))
  const { stderr, code } = await gridwitness(['receipt', '-', '--portal', portal.url], {
    stdin: JSON.stringify(await receiptWith()),
  })
  expect(stderr).toBe(
    `gridwitness receipt: log_key: expected the portal's ${publicKey}, got ${key.publicKey}\n`,
  )
  expect(code).toBe(1)
})

it('a changed receipt is refused', async () => {
  const changed = { ...(await receiptWith()), promise_by: '2026-11-21T06:20:00.000Z' }
  const { stdout, stderr, code } = await gridwitness(['receipt', '-'], {
    stdin: JSON.stringify(changed),
  })
  expect(stdout).toBe('')
  expect(stderr).toBe('gridwitness receipt: signature: expected one by this key over these bytes\n')
  expect(code).toBe(1)
})

it('a promise later than the rules allow is no receipt', async () => {
  const late = await receiptWith({ promise_by: '2026-11-21T06:26:08.001Z' })
  const { stderr, code } = await gridwitness(['receipt', '-'], { stdin: JSON.stringify(late) })
  expect(stderr).toContain('promise_by: expected at most 45 minutes after received_at, got ')
  expect(code).toBe(2)
})

it('what cannot be read as a receipt disproves nothing', async () => {
  const { stderr, code } = await gridwitness(['receipt', '-'], { stdin: '<!doctype html>' })
  expect(stderr).toMatch(/^gridwitness receipt: not a receipt: /)
  expect(code).toBe(2)
})

it('a receipt that cannot be read could not be checked', async () => {
  const { stderr, code } = await gridwitness(['receipt', '/'])
  expect(stderr).toBe('gridwitness receipt: /: expected a file that can be read, got a folder\n')
  expect(code).toBe(2)
})
