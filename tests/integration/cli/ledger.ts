import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Contract, JsonRpcProvider, Wallet } from 'ethers'
import artifact from '../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { deployLedger } from '../../../contracts/deploy.ts'
import { cidOfFile } from '../../../server/adapters/unixfs.ts'
import { areaIdBytes32 } from '../../../shared/area.ts'
import { ZERO_ROOT, writeBatchFile, type BatchHeader } from '../../../shared/batch/index.ts'
import { concat, toHex } from '../../../shared/bytes.ts'
import { commit } from '../../../shared/commitment/index.ts'
import { canonicalText } from '../../../shared/json.ts'
import { inclusionPath, merkleRoot } from '../../../shared/merkle/index.ts'
import type { ProofBundle } from '../../../shared/proof/index.ts'
import { orderedAt, recordLeafHash, type LedgerRecord } from '../../../shared/record/index.ts'
import { startChain } from '../../../stack/chain/index.ts'
import { newKey, signed } from './sensor.ts'

export const AREA = 'in-br-patna'
export const DEVICE_ID = '012355C36CEE791DEE'
export const SALT = 'AAECAwQFBgcICQoLDA0ODw'
export const PLACE = '25.59410,85.13760'

/** An enrolment and two readings of a home's sensor, in the order of a batch. */
async function recordsOfAHome() {
  const key = await newKey()
  const location_commitment = toHex(
    commit(
      Uint8Array.from({ length: 16 }, (_, index) => index),
      PLACE,
    ),
  )
  const head = { v: 1, device_id: DEVICE_ID, location_commitment } as const
  const on = await signed(key, {
    ...head,
    seq: 1,
    timestamp: '2026-11-21T05:30:00Z',
    power_status: 'ON',
    reason: 'boot',
  })
  const off = await signed(key, {
    ...head,
    seq: 2,
    timestamp: '2026-11-21T05:41:07Z',
    power_status: 'OFF',
    reason: 'last_gasp',
  })
  const device = {
    device_id: DEVICE_ID,
    public_key: key.publicKey,
    stage: 'house',
    customers_served: 1,
    location_commitment,
  } as const
  const records: LedgerRecord[] = [
    {
      v: 1,
      type: 'device_event',
      area_id: AREA,
      at: '2026-11-21T05:00:00.000Z',
      event: 'enrolled',
      device,
    },
    { v: 1, type: 'reading', area_id: AREA, received_at: '2026-11-21T05:30:01.000Z', reading: on },
    { v: 1, type: 'reading', area_id: AREA, received_at: '2026-11-21T05:41:08.000Z', reading: off },
  ]
  return { key, records: records.sort((a, b) => (orderedAt(a) < orderedAt(b) ? -1 : 1)) }
}

/** The records sealed as the first batch of the area: header, and the file as it is pinned. */
async function sealed(records: LedgerRecord[]) {
  const leafHashes = records.map(recordLeafHash)
  const header: BatchHeader = {
    v: 1,
    type: 'batch',
    area_id: AREA,
    number: 1,
    previous_root: ZERO_ROOT,
    root: toHex(merkleRoot(leafHashes)),
    sealed_at: '2026-11-21T05:45:00.000Z',
    size: records.length,
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of writeBatchFile(header, records.map(canonicalText))) chunks.push(chunk)
  const file = concat(...chunks)
  const cid = await cidOfFile(asStream(file))
  return { header, leafHashes, file, cid }
}

async function* asStream(bytes: Uint8Array) {
  yield bytes
}

/** A trustless gateway (IPIP-0412) that holds the one block a small batch file is. */
export async function startGateway(blocks: ReadonlyMap<string, Uint8Array>) {
  const server = createServer(({ url = '' }, response) => {
    const block = blocks.get(/^\/ipfs\/(\w+)\?format=raw$/.exec(url)?.[1] ?? '')
    response.writeHead(block ? 200 : 404, { 'content-type': 'application/vnd.ipld.raw' }).end(block)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${address.port}`, stop }
}

/** The contract on a real EVM, with the account that may anchor. */
export async function startContract() {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-cli-'))
  const chain = await startChain({ dir: join(dir, 'chain') })
  const provider = new JsonRpcProvider(chain.rpcUrl, undefined, {
    pollingInterval: 10,
    cacheTimeout: -1,
  })
  const [owner] = chain.accounts
  if (!owner) throw new Error('expected an account')
  const wallet = new Wallet(owner.privateKey, provider)
  const deployments = join(dir, 'deployments')
  const { deployment } = await deployLedger({
    rpcUrl: chain.rpcUrl,
    deployerKey: owner.privateKey,
    directory: deployments,
  })

  const ledger = new Contract(deployment.contract, artifact.abi, wallet)
  const stop = async () => {
    provider.destroy()
    await chain.stop()
    await rm(dir, { recursive: true })
  }
  return { dir, chain, provider, deployments, deployment, ledger, stop }
}

/** A ledger with one anchored batch, its file behind a gateway, and the proof of its last reading. */
export async function startAnchoredLedger() {
  const started = await startContract()
  const { dir, chain, provider, deployments, deployment, ledger } = started
  const { key, records } = await recordsOfAHome()
  const { header, leafHashes, file, cid } = await sealed(records)
  const batch = {
    areaId: areaIdBytes32(AREA),
    previousRoot: `0x${header.previous_root}`,
    root: `0x${header.root}`,
    size: header.size,
    cid: cid.bytes,
  }
  const receipt = await (await ledger.getFunction('anchor')([batch])).wait()
  const block = await provider.getBlock(receipt.blockNumber)
  if (!block) throw new Error('expected the block of the anchor')

  const index = records.length - 1
  const [enrolment, record, leafHash] = [leafHashes[0], records[index], leafHashes[index]]
  if (!enrolment || !record || !leafHash) throw new Error('expected three records')
  const bundle: ProofBundle = {
    v: 1,
    type: 'proof',
    record,
    leaf_hash: toHex(leafHash),
    index,
    path: inclusionPath(leafHashes, index).map(toHex),
    batch: header,
    cid: cid.toString(),
    anchor: {
      chain_id: chain.chainId,
      contract: deployment.contract.toLowerCase(),
      transaction: receipt.hash,
      block_number: receipt.blockNumber,
      block_hash: receipt.blockHash,
      anchored_at: new Date(block.timestamp * 1000).toISOString(),
    },
    device: {
      public_key: key.publicKey,
      enrolment: { leaf_hash: toHex(enrolment), area_id: AREA, number: 1 },
    },
    disclosures: { location: { salt: SALT, value: PLACE } },
  }
  const gateway = await startGateway(new Map([[cid.toString(), file]]))
  const stop = async () => {
    await gateway.stop()
    await started.stop()
  }
  return {
    dir,
    rpcUrl: chain.rpcUrl,
    gatewayUrl: gateway.url,
    deployments,
    contract: deployment.contract,
    bundle,
    cid: cid.toString(),
    stop,
  }
}
export type AnchoredLedger = Awaited<ReturnType<typeof startAnchoredLedger>>
