import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { batchFileName, ZERO_ROOT } from '../../shared/batch/index.ts'
import { toHex } from '../../shared/bytes.ts'
import {
  cidText,
  type BatchAnchored,
  type ChainSource,
  type IpfsSource,
} from '../../shared/verification/index.ts'
import { Contradiction, expectAgreement } from '../contradiction.ts'
import { proveBatch } from '../prove-batch.ts'
import { keepFile } from '../keep-file.ts'

export interface MirrorSources {
  chain: ChainSource
  ipfs: IpfsSource
}

/** The batch kept last of an area. */
export interface KeptBatch {
  number: number
  root: string
}

/**
 * Proves the file of an anchored batch and keeps it with its anchor, in the folder of its area. Kept again it changes
 * nothing. Throws a `Contradiction` when chain, file and the batch before do not agree, `SourceError` when something
 * cannot be had.
 */
export async function keepBatch(
  { chain, ipfs }: MirrorSources,
  folder: string,
  told: BatchAnchored,
  last: KeptBatch | undefined,
): Promise<KeptBatch> {
  const { areaId, number } = told
  const where = `batch ${number} of ${areaId}`
  expectAgreement('batch_chain', `${areaId}: next batch`, (last?.number ?? 0) + 1, number)
  await expectHeld(chain, told)
  const { root } = await proveBatch(ipfs, { ...told, previousRoot: last?.root ?? ZERO_ROOT })

  const home = join(folder, areaId)
  await mkdir(home, { recursive: true })
  const cid = cidText(told.cid)
  const name = batchFileName(areaId, number)
  await keepFile(join(home, name), ipfs.file(cid))
  const anchor = {
    area_id: areaId,
    number,
    root,
    size: told.size,
    cid,
    transaction: told.transaction,
    block_number: told.blockNumber,
  }
  await keepFile(
    join(home, name.replace(/\.jsonl$/, '.anchor.json')),
    `${JSON.stringify(anchor, null, 2)}\n`,
  ).catch((cause: unknown) => {
    throw new Error(`${where}: its anchor could not be kept`, { cause })
  })
  return { number, root }
}

/** The contract holds what its event told. Throws a `Contradiction`. */
async function expectHeld(chain: ChainSource, told: BatchAnchored): Promise<void> {
  const { areaId, number } = told
  const where = `batch ${number} of ${areaId}`
  const held = await chain.anchorOf(areaId, number)
  if (!held) throw new Contradiction('batch_chain', `${where}: expected on the contract, got none`)
  const heldRoot = toHex(held.root)
  expectAgreement('batch_chain', `${where}: root on the contract`, toHex(told.root), heldRoot)
  const heldCid = cidText(held.cid)
  expectAgreement('batch_chain', `${where}: CID on the contract`, cidText(told.cid), heldCid)
  expectAgreement('batch_chain', `${where}: size on the contract`, told.size, held.size)
}

/** What was kept last of an area still stands on the contract. Throws a `Contradiction`. */
export async function expectStanding(
  chain: ChainSource,
  areaId: string,
  { number, root }: KeptBatch,
): Promise<void> {
  const held = await chain.anchorOf(areaId, number)
  const got = held ? toHex(held.root) : 'none'
  expectAgreement('batch_chain', `batch ${number} of ${areaId}: root kept before`, root, got)
}
