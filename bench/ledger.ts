import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Models } from '../server/models/index.ts'
import { leafHashOfBody } from '../server/services/ledger/record-bodies.ts'
import { canonicalText } from '../shared/json.ts'
import { MAX_BATCH_RECORDS } from '../shared/batch/index.ts'
import { startStack, type Stack } from '../stack/start.ts'
import { TestDevice } from '../tests/device.ts'
import { startReadyPortal, testEnvironment } from '../tests/portal.ts'
import { tell } from './tell.ts'
import { withFolder, withModelsAt } from './with-models.ts'

/**
 * How long the portal takes from ready to a batch of so many waiting records sealed, and its file on IPFS and read back; and
 * the most memory it ever had. What else it did in that time is in it. Prints one JSON line a measure.
 */
const SIZES = [10_000, 100_000, MAX_BATCH_RECORDS]
const LIMITS_OF_LARGEST = { seconds: 20, rssMb: 600 }
const INSERT_MANY = 5_000
const POLL_MS = 50
const KB_PER_MB = 1024
/** The records came this long ago: they are due. */
const AGE_MS = 3_600_000

await withFolder(async (dir) => {
  let before: { size: number; seconds: number } | undefined
  for (const size of SIZES) {
    const stack = await startStack({ dir: join(dir, String(size)) })
    try {
      const seconds: number = await withModelsAt(stack.mongodbUri, (models) =>
        measure(stack, models, size),
      )
      tell(`ledger.${size}`, seconds, 's', {
        // The largest has a limit of its own, the others must not be worse than linear.
        atMost:
          size === MAX_BATCH_RECORDS || !before
            ? LIMITS_OF_LARGEST.seconds
            : (before.seconds * size) / before.size,
      })
      before = { size, seconds }
    } finally {
      await stack.stop()
    }
  }
})

/** Seconds. */
async function measure(stack: Stack, models: Models, size: number): Promise<number> {
  await insertWaiting(models, size)
  const portal = await startReadyPortal(testEnvironment(stack))
  try {
    const startedAt = performance.now()
    const isPublished = { number: 1, state: { $ne: 'sealed' as const } }
    while (!(await models.batches.exists(isPublished))) await delay(POLL_MS)
    const seconds = (performance.now() - startedAt) / 1000
    const rssMb = await peakMb(portal.pid)
    if (rssMb !== null) tell(`ledger.${size}.rss`, rssMb, 'MB', { atMost: LIMITS_OF_LARGEST.rssMb })
    return seconds
  } finally {
    await portal.stop()
  }
}

/** Records of readings as they are stored, with outages derived from them; sealing asks for their bytes, not for their signatures. */
async function insertWaiting({ records, areas, deviceLines }: Models, size: number): Promise<void> {
  // Without a line of any device a portal at its start derives everything anew, beside what is measured.
  await deviceLines.collection.insertOne({ _id: 'bench' as never, service: [], tail: [] })
  await areas.collection.insertOne({
    _id: 'bench' as never,
    name: 'bench',
    kind: 'district',
    parent_id: null,
    geometry: null,
    outline: null,
    square_metres: null,
  })
  const reading = new TestDevice('bench').read()
  const beganAt = Date.now() - AGE_MS
  for (let first = 0; first < size; first += INSERT_MANY) {
    const count = Math.min(INSERT_MANY, size - first)
    const rows = Array.from({ length: count }, (_, n) => rowOf(first + n + 1, { reading, beganAt }))
    await records.collection.insertMany(rows as never, { ordered: false })
  }
}

function rowOf(seq: number, { reading, beganAt }: { reading: object; beganAt: number }) {
  const orderedAt = new Date(beganAt + seq)
  const device_id = seq.toString(16).toUpperCase().padStart(18, '0')
  const body = canonicalText({
    v: 1,
    type: 'reading',
    area_id: 'bench',
    received_at: orderedAt.toISOString(),
    reading: { ...reading, device_id, seq, previous: hash('sha256', device_id) },
  })
  return {
    _id: leafHashOfBody(body),
    area_id: 'bench',
    type: 'reading',
    ordered_at: orderedAt,
    body,
    batch_number: null,
    device_id,
    seq,
    measured_at: orderedAt,
    digest: hash('sha256', body),
    placed_at: orderedAt,
  }
}

/** Null where the system does not tell (it is not Linux). */
async function peakMb(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return kb === undefined ? null : Number(kb) / KB_PER_MB
}
