import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Contract, JsonRpcProvider, Wallet } from 'ethers'
import artifact from '../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { deployLedger } from '../contracts/deploy.ts'
import { areaIdBytes32 } from '../shared/area.ts'
import { writeBatchFile, ZERO_ROOT, type BatchHeader } from '../shared/batch/index.ts'
import { concat, toHex, type Hash } from '../shared/bytes.ts'
import { canonicalText } from '../shared/json.ts'
import { leafHashOf, merkleRoot } from '../shared/merkle/index.ts'
import { orderedAt, type LedgerRecord } from '../shared/record/index.ts'
import { cidOfFile } from '../server/adapters/unixfs.ts'
import { startChain } from '../stack/chain/index.ts'
import { TestDevice } from '../tests/device.ts'
import { tell } from './tell.ts'

/**
 * How many records a second `gridwitness audit` checks, and how much memory it takes at most, which must not grow with the
 * ledger. Chain and contract are real; files lie in the folder of `--cache`. Prints one JSON line a measure.
 */
const SIZES = [100_000, 1_000_000]
const DEVICES = 100
const HEARTBEAT_MS = 900_000
/** A file of so many is one block. */
const RECORDS_PER_BATCH = 1000
const ANCHORS_AT_ONCE = 50
const AREA = 'bench'
const BEGAN_AT = Date.UTC(2020, 0, 1)
/** One reading in so many comes hours late. */
const LATE_EVERY = 97
const LATE_HEARTBEATS = 20
/** For what is found, which stays in memory, and a heap that settles late. Readings in memory would take several times this. */
const RSS_GROWTH_MB = 128
const KB_PER_MB = 1024
const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const TELLS_RSS = `data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))`

const dir = await mkdtemp(join(tmpdir(), 'gridwitness-bench-'))
try {
  const peaks: number[] = []
  for (const size of SIZES) peaks.push(await measure(size))
  const [small = 0, large = 0] = peaks
  tell('audit.rss.growth', large - small, 'MB', { atMost: RSS_GROWTH_MB })
} finally {
  await rm(dir, { recursive: true, force: true })
}

/** Audits a new ledger of so many readings; answers the peak of its memory in MB. */
async function measure(size: number): Promise<number> {
  const home = join(dir, String(size))
  const chain = await startChain({ dir: join(home, 'chain') })
  try {
    const ledger = await newLedger(chain, home)
    const records = await fill(ledger.contract, join(home, 'blocks'), size)
    ledger.close()
    const startedAt = performance.now()
    const peakKb = await audit([
      ...['--area', AREA, '--rpc', chain.rpcUrl, '--ipfs', 'http://127.0.0.1:9'],
      ...['--deployments', join(home, 'deployments'), '--cache', join(home, 'blocks')],
    ])
    const seconds = (performance.now() - startedAt) / 1000
    const name = size === Math.max(...SIZES) ? 'audit' : `audit.${size / 1000}k`
    tell(name, records / seconds, 'records/s')
    tell(`${name}.rss`, peakKb / KB_PER_MB, 'MB')
    return peakKb / KB_PER_MB
  } finally {
    await chain.stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function newLedger(chain: Awaited<ReturnType<typeof startChain>>, home: string) {
  const [owner] = chain.accounts
  if (!owner) throw new Error('expected an account')
  const provider = new JsonRpcProvider(chain.rpcUrl, undefined, {
    pollingInterval: 10,
    cacheTimeout: -1,
  })
  const { deployment } = await deployLedger({
    rpcUrl: chain.rpcUrl,
    deployerKey: owner.privateKey,
    directory: join(home, 'deployments'),
  })
  const wallet = new Wallet(owner.privateKey, provider)
  const contract = new Contract(deployment.contract, artifact.abi, wallet)
  return { contract, close: () => provider.destroy() }
}

/** Enrolments, then a reading of each device every heartbeat; in the order in which the portal received them. */
function* story(readings: number): Generator<LedgerRecord> {
  const devices = Array.from({ length: DEVICES }, (_, index) => new TestDevice(`bench ${index}`))
  for (const [index, { facts }] of devices.entries()) {
    const at = new Date(BEGAN_AT - DEVICES + index).toISOString()
    yield { v: 1, type: 'device_event', area_id: AREA, at, event: 'enrolled', device: facts }
  }
  const late: { dueAt: number; record: () => LedgerRecord }[] = []
  for (let made = 0; made < readings; made += 1) {
    const [round, index] = [Math.floor(made / DEVICES), made % DEVICES]
    const measuredAt = BEGAN_AT + round * HEARTBEAT_MS + index * 1000
    while ((late[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= measuredAt) {
      const due = late.shift()
      if (due) yield due.record()
    }
    const isOff = round % 50 === 49
    const reading = devices[index]?.read({
      timestamp: new Date(measuredAt).toISOString().replace('.000Z', 'Z'),
      power_status: isOff ? 'OFF' : 'ON',
    })
    if (!reading) throw new Error('expected a device')
    const receivedAt = (at: number): LedgerRecord => ({
      ...{ v: 1, type: 'reading', area_id: AREA, reading },
      received_at: new Date(at).toISOString(),
    })
    const dueAt = measuredAt + LATE_HEARTBEATS * HEARTBEAT_MS
    if (made % LATE_EVERY === 0) late.push({ dueAt, record: () => receivedAt(dueAt) })
    else yield receivedAt(measuredAt + 1)
  }
  for (const { record } of late) yield record()
}

/** Seals the story batch by batch, keeps each file as a block under its CID, and anchors it. Answers how many records. */
async function fill(contract: Contract, blocks: string, readings: number): Promise<number> {
  await mkdir(blocks, { recursive: true })
  const anchors: object[] = []
  let open: LedgerRecord[] = []
  let before = { number: 0, root: ZERO_ROOT }
  let records = 0
  const anchorAll = async () => {
    await (await contract.getFunction('anchor')(anchors.splice(0))).wait()
  }
  const sealOpen = async () => {
    const batch = await sealed(open, before, blocks)
    before = batch.end
    anchors.push(batch.anchor)
    open = []
    if (anchors.length === ANCHORS_AT_ONCE) await anchorAll()
  }
  for (const record of story(readings)) {
    records += 1
    open.push(record)
    if (open.length === RECORDS_PER_BATCH) await sealOpen()
  }
  if (open.length > 0) await sealOpen()
  if (anchors.length > 0) await anchorAll()
  return records
}

interface Leaf {
  order: string
  body: string
  leafHash: Hash
}

function leafOf(record: LedgerRecord): Leaf {
  const body = canonicalText(record)
  const leafHash = leafHashOf(new TextEncoder().encode(body))
  return { order: `${orderedAt(record)} ${toHex(leafHash)}`, body, leafHash }
}

async function sealed(
  records: readonly LedgerRecord[],
  before: { number: number; root: string },
  blocks: string,
) {
  const leaves = records.map(leafOf).sort((a, b) => (a.order < b.order ? -1 : 1))
  const last = records.at(-1)
  if (!last) throw new Error('expected records')
  const header: BatchHeader = {
    ...{ v: 1, type: 'batch', area_id: AREA, number: before.number + 1 },
    previous_root: before.root,
    root: toHex(merkleRoot(leaves.map(({ leafHash }) => leafHash))),
    sealed_at: orderedAt(last),
    size: leaves.length,
  }
  const chunks: Uint8Array[] = []
  const bodies = leaves.map(({ body }) => body)
  for await (const chunk of writeBatchFile(header, bodies)) chunks.push(chunk)
  const file = concat(...chunks)
  const cid = await cidOfFile(inOneChunk(file))
  await writeFile(join(blocks, cid.toString()), file)
  const { number, root, size } = header
  const anchor = {
    ...{ areaId: areaIdBytes32(AREA), previousRoot: `0x${before.root}`, root: `0x${root}`, size },
    cid: cid.bytes,
  }
  return { end: { number, root }, anchor }
}

async function* inOneChunk(bytes: Uint8Array) {
  yield bytes
}

/** Runs the command; answers the peak of its memory in KB. */
async function audit(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--import', TELLS_RSS, MAIN, 'audit', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const code = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  if (code !== 0) throw new Error(`expected the ledger to hold: ${told}`)
  return Number(told)
}
