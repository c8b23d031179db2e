import { create, type HTTPRPCOptions } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'
import { CodedError, messageOf } from '../../shared/coded-error.ts'
import { carOfFile } from './unixfs.ts'
import { unlessIdle } from './unless-idle.ts'

/** `ipfs_unavailable`: try again later. `wrong_cid`: the node answered what it must not; nothing it says is believed. */
type IpfsErrorCode = 'ipfs_unavailable' | 'wrong_cid'

/** A stretch of a file in bytes. */
export interface FilePart {
  offset: number
  length: number
}

/**
 * An IPFS node that keeps files for us. Promise: when `add` returns, the node has said that the whole file is pinned under
 * the CID that was computed here; adding it again changes nothing. What is absent is an error, never empty bytes.
 */
export interface Ipfs {
  /**
   * Stores and pins a file, answers its CID. One that has another than the expected is not pinned. Throws
   * `ipfs_unavailable` or `wrong_cid`.
   */
  add(file: AsyncIterable<Uint8Array>, expected?: string): Promise<string>
  /** The file behind a CID, or a part of it, streamed; like `block` and `car`, only what this node holds. */
  cat(cid: string, part?: FilePart): AsyncIterable<Uint8Array>
  /** One block. */
  block(cid: string): Promise<Uint8Array>
  /** The whole DAG behind a CID as a CARv1, streamed. */
  car(cid: string): AsyncIterable<Uint8Array>
  /** The node's name and version; throws when it does not answer. */
  version(): Promise<string>
}

/** Longer than a node takes to pin a batch's file once it has it all. The client's own timeout has no effect. */
const IDLE_TIMEOUT_MS = 60_000
const PROBE_TIMEOUT_MS = 3_000

/** What the node holds itself: it asks nobody else on behalf of a reader, and refuses at once what it lacks. */
const OWN_ONLY: HTTPRPCOptions & { offline: true } = { offline: true }

/** A node behind the Kubo RPC API (`/api/v0`). One that neither takes nor gives a byte for `idleMs` is unavailable. */
export function kuboIpfs(apiUrl: string, { idleMs = IDLE_TIMEOUT_MS } = {}): Ipfs {
  const client = create({ url: apiUrl })
  const guarded = <T>(
    call: string,
    work: (isAlive: () => void, signal: AbortSignal) => Promise<T>,
    timeoutMs = idleMs,
  ): Promise<T> =>
    unlessIdle(timeoutMs, work).catch((error: unknown) => {
      throw asUnavailable(call, error)
    })
  const guardedStream = (call: string, open: () => AsyncIterable<Uint8Array>) =>
    unlessStalled(idleMs, call, open)
  return {
    add: async (file, expected) => {
      const { car, root: told } = carOfFile(file)
      const root = await guarded('dag/import', async (isAlive, signal) => {
        // What is not pinned yet, the node may forget again.
        await Array.fromAsync(client.dag.import(noted(car, isAlive), { pinRoots: false, signal }))
        return told
      }).catch(async (error: unknown) => {
        // What the file itself failed with comes first: the node only saw it break off.
        await Promise.race([told, Promise.reject(error)])
        throw error
      })
      if (expected !== undefined && root.toString() !== expected)
        throw wrongCid(`expected the file ${expected}, got ${root}`)
      const pinned = await guarded('pin/add', (_, signal) => client.pin.add(root, { signal }))
      if (!pinned.equals(root))
        throw wrongCid(`expected the node to pin ${root}, it answered ${pinned}`)
      return root.toString()
    },
    cat: (cid, part) =>
      guardedStream('cat', () => client.cat(CID.parse(cid), { ...OWN_ONLY, ...part })),
    block: (cid) => guarded('block/get', () => client.block.get(CID.parse(cid), OWN_ONLY)),
    car: (cid) => guardedStream('dag/export', () => ownDag(client, CID.parse(cid))),
    version: () =>
      guarded('version', async () => (await client.version()).version, PROBE_TIMEOUT_MS),
  }
}

/** `dag/export` takes no options in this client: what the node does not hold is found out by its root block. */
async function* ownDag(client: ReturnType<typeof create>, root: CID): AsyncGenerator<Uint8Array> {
  await client.block.get(root, OWN_ONLY)
  yield* client.dag.export(root)
}

const wrongCid = (what: string): CodedError<IpfsErrorCode> =>
  new CodedError<IpfsErrorCode>('wrong_cid', `IPFS: ${what}`)

function asUnavailable(call: string, cause: unknown): unknown {
  if (cause instanceof CodedError) return cause
  return new CodedError<IpfsErrorCode>(
    'ipfs_unavailable',
    `IPFS: ${call} failed: ${messageOf(cause)}`,
    { cause },
  )
}

/** The same chunks; says so each time the next one is asked for. */
async function* noted<T>(chunks: AsyncIterable<T>, isAlive: () => void): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    isAlive()
    yield chunk
    isAlive()
  }
}

async function* unlessStalled(
  idleMs: number,
  call: string,
  open: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const chunks = open()[Symbol.asyncIterator]()
  try {
    while (true) {
      const { done, value } = await unlessIdle(idleMs, () => chunks.next())
      if (done) return
      yield value
    }
  } catch (error) {
    throw asUnavailable(call, error)
  } finally {
    // Not waited for: behind a read that stalls, closing never ends either.
    void chunks.return?.().catch(() => undefined)
  }
}
