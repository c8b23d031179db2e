import {
  batchLines,
  readBatchFile,
  ZERO_ROOT,
  type BatchHeader,
} from '../../../shared/batch/index.ts'
import { fromUtf8, toHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { cidText, type BatchAnchored, type IpfsSource } from '../../../shared/verification/index.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { leavesOf, storeLeafList } from '../ledger/leaf-list.ts'
import { keepOnIpfs } from '../ledger/publish-batch.ts'
import { anchorFields } from '../ledger/settle-batches.ts'
import { noteLatestReadings } from '../reading/note-latest-readings.ts'
import { dissolveBatches } from './dissolve-batches.ts'
import { restoreComplaints } from './restore-complaints.ts'
import { restoreDevices } from './restore-devices.ts'
import { restoredRecord, type RestoredRecord } from './restored-record.ts'
import { storeRestored } from './store-restored.ts'

const RECORDS_PER_STEP = 2_000

/**
 * Brings back one anchored batch, the one before it being here: its file is pinned and proved whole against the contract, then its
 * records are stored under it with what follows from them, and the batch last of all. Repeatable.
 */
export async function restoreBatch(
  deps: Deps,
  source: IpfsSource,
  told: BatchAnchored,
): Promise<void> {
  const cid = cidText(told.cid)
  await keepOnIpfs(deps, deps.ipfs.cat(cid), cid).catch((error: unknown) => {
    if (!(error instanceof CodedError) || error.code !== 'ipfs_unavailable') throw error
    return keepOnIpfs(deps, source.file(cid), cid)
  })
  const leaves: string[] = []
  const header = await readBatchFile(deps.ipfs.cat(cid), ({ leafHash }) => {
    leaves.push(toHex(leafHash))
  })
  await expectAnchored(deps, header, told)
  await storeLeafList(deps, leavesOf(leaves))
  await dissolveOthers(deps, told)
  for await (const some of inSteps(deps.ipfs.cat(cid), leaves, told.number)) {
    await storeRestored(deps, some)
    await restoreDevices(deps, some)
    await restoreComplaints(deps, some)
    await noteLatestReadings(
      deps,
      some.flatMap(({ row, record }) =>
        record.type === 'reading' ? [{ reading: record.reading, row }] : [],
      ),
    )
  }
  await storeBatch(deps, header, told)
}

/** The file says of itself what the contract and the batch before say of it. Throws `batch_file` or `contradiction`. */
async function expectAnchored(
  { models }: Deps,
  header: BatchHeader,
  { areaId, number, root, size }: BatchAnchored,
): Promise<void> {
  const what = `batch ${areaId}/${number}`
  const before = await models.batches.findById(`${areaId}/${number - 1}`, { root: 1 }).lean()
  const expected = {
    area_id: areaId,
    number,
    root: toHex(root),
    size,
    previous_root: number === 1 ? ZERO_ROOT : (before?.root ?? 'that of the batch before'),
  }
  for (const [name, value] of Object.entries(expected)) {
    const got: unknown = Reflect.get(header, name)
    if (got !== value)
      throw new CodedError(
        'batch_file',
        `${what}: ${name}: expected ${value}, its file says ${got}`,
      )
  }
}

/** Where this number is another batch's here, the contract will never take that one, nor those after it. */
async function dissolveOthers(
  deps: Pick<Deps, 'models'>,
  { areaId, number, root }: BatchAnchored,
): Promise<void> {
  const here = await deps.models.batches.findById(`${areaId}/${number}`, { root: 1 }).lean()
  if (here?.root !== toHex(root)) await dissolveBatches(deps, areaId, number)
}

/** The records of a proved file, some at a time. What the node gives now is compared with what was proved. */
async function* inSteps(
  file: AsyncIterable<Uint8Array>,
  leaves: readonly string[],
  batchNumber: number,
): AsyncGenerator<RestoredRecord[]> {
  let some: RestoredRecord[] = []
  let line = 0
  for await (const bytes of batchLines(file)) {
    // The first is the header.
    const leafHash = leaves[line - 1]
    line += 1
    if (leafHash === undefined) continue
    some.push(restoredRecord(fromUtf8(bytes), leafHash, batchNumber))
    if (some.length === RECORDS_PER_STEP) {
      yield some
      some = []
    }
  }
  if (some.length > 0) yield some
}

async function storeBatch(deps: Deps, header: BatchHeader, told: BatchAnchored): Promise<void> {
  const { models, ethereum, clock } = deps
  const mined = await ethereum.mined(told.transaction)
  if (!mined?.succeeded)
    throw new CodedError(
      'chain_unavailable',
      `Ethereum: the node does not give ${told.transaction}, whose event it gave`,
    )
  const { area_id, number, root, previous_root, size, sealed_at } = header
  const row: Omit<BatchRow, '_id'> = {
    area_id,
    number,
    state: 'anchored',
    size,
    root,
    previous_root,
    sealed_at: new Date(sealed_at),
    is_marked: true,
    cid: cidText(told.cid),
    anchor: anchorFields(mined),
    failure: null,
    changed_at: clock.now(),
  }
  await models.batches.replaceOne({ _id: `${area_id}/${number}` }, row, { upsert: true })
}
