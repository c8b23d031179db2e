import { mkdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { takeLock } from '../lock.ts'
import { serveParent, type Served } from '../process.ts'
import { startAnvil } from './anvil.ts'
import { startSaver } from './saver.ts'
import { stateFiles, wholeState } from './state.ts'

export interface ChainArgument {
  dir: string
  port: number
  chainId: number
  blockTimeSeconds?: number
}

export interface ChainReady {
  rpcUrl: string
  /** Process id of anvil itself, a child of this process. */
  anvilPid: number
}

const LOCK_WAIT_MS = 10_000

const complain = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

async function start({ dir, ...options }: ChainArgument): Promise<Served<ChainReady>> {
  await mkdir(dir, { recursive: true })
  const lock = resolve(dir, 'lock')
  // A holder still alive may be saving after its parent was killed.
  const unlock = await takeLock(lock, {
    program: 'stack/chain/child.ts',
    waitMs: LOCK_WAIT_MS,
    refusal: (holder) => `${lock}: expected a free folder, got one in use by process ${holder}`,
  })
  try {
    const files = stateFiles(dir, options.chainId)
    const stateFile = await wholeState(files, complain)
    const cacheDir = resolve(dir, 'cache')
    // What an earlier anvil left there serves no other one.
    await rm(cacheDir, { recursive: true, force: true })
    const anvil = await startAnvil({ ...options, cacheDir, stateFile })
    const saver = startSaver(anvil.rpcUrl, files, complain)
    let stopping = false
    void anvil.ended.then((said) => {
      if (stopping) return
      complain(`anvil: expected it to run, ${said}`)
      process.exit(1)
    })
    const stop = async (): Promise<void> => {
      stopping = true
      await saver.finish()
      await anvil.stop()
      await unlock()
    }
    return { ready: { rpcUrl: anvil.rpcUrl, anvilPid: anvil.pid }, stop }
  } catch (error) {
    await unlock()
    throw error
  }
}

serveParent(start)
