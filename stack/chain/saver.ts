import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { messageOf } from '../../shared/coded-error.ts'
import { callRpc } from './rpc.ts'
import { saveState, type StateFiles } from './state.ts'

const CALL_TIMEOUT_MS = 60_000
const MIN_INTERVAL_MS = 500
/** A chain that has grown large is saved less often, but never more than this lies unsaved between two saves. */
const MAX_INTERVAL_MS = 1_000
const REST_FACTOR = 9

const hexBytes = z.string().regex(/^0x(?:[0-9a-f]{2})+$/)
const unzip = promisify(gunzip)

export interface Saver {
  /** Saves a last time and ends; the node must still be running. */
  finish(): Promise<void>
}

/** Saves the state of the node whenever its latest block has changed, resting half a second to a second between saves. */
export function startSaver(
  rpcUrl: string,
  files: StateFiles,
  complain: (sentence: string) => void,
): Saver {
  const finishing = new AbortController()
  let savedBlock: unknown

  const save = async (): Promise<void> => {
    const block = await callRpc(rpcUrl, 'eth_getBlockByNumber', ['latest', false], CALL_TIMEOUT_MS)
    const { hash } = z.object({ hash: z.string() }).parse(block)
    if (hash === savedBlock) return
    const dump = hexBytes.parse(await callRpc(rpcUrl, 'anvil_dumpState', [], CALL_TIMEOUT_MS))
    await saveState(files, await unzip(Buffer.from(dump.slice(2), 'hex')))
    savedBlock = hash
  }

  // A save that fails loses nothing: the copy before it stands, and the next one comes soon.
  const trySave = (): Promise<void> =>
    save().catch((error: unknown) => complain(`chain state not saved: ${messageOf(error)}`))

  const run = async (): Promise<void> => {
    let restMs = MIN_INTERVAL_MS
    for (;;) {
      await delay(restMs, undefined, { signal: finishing.signal }).catch(() => {})
      if (finishing.signal.aborted) return
      const startedAt = performance.now()
      await trySave()
      const tookMs = performance.now() - startedAt
      restMs = Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, REST_FACTOR * tookMs))
    }
  }

  const running = run()
  return {
    async finish() {
      finishing.abort()
      await running
      await trySave()
    },
  }
}
