import { freePort } from '../ports.ts'
import { startChild, type Exit } from '../process.ts'
import { devAccounts, type DevAccount } from './accounts.ts'
import type { ChainArgument, ChainReady } from './child.ts'

const DEV_CHAIN_ID = 31337

export interface ChainOptions {
  /** Folder of the chain's state; created when absent. One chain at a time may use it. */
  dir: string
  /** Port on 127.0.0.1; a free one when absent. */
  port?: number
  /** Whole seconds between blocks; a block per transaction when absent. */
  blockTimeSeconds?: number
  /** 31337 when absent. Each chain id has its own state in the folder. */
  chainId?: number
  /** File to which what goes wrong is appended. */
  logFile?: string
}

/** A running development chain. */
export interface Chain {
  rpcUrl: string
  chainId: number
  /** Accounts with ether, known to the whole world. */
  accounts: DevAccount[]
  /** The process that keeps anvil; anvil ends with it. */
  pid: number
  anvilPid: number
  /** Saves the state and ends. Resolves when no process is left; may be repeated. */
  stop(): Promise<void>
  /** Resolves when the chain has ended, asked to or not. */
  exited: Promise<Exit>
}

/**
 * Starts an Ethereum development chain on 127.0.0.1, continuing from the state in `dir`: accounts, contracts, blocks, receipts
 * and logs. After a SIGKILL, the blocks since the last save, a second or two, may be missing, as after a reorganisation. State at blocks from
 * before the start cannot be called, as on any node that is not an archive. Resolves when the chain answers; throws otherwise.
 * It ends with this process, however that one ends.
 */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const { dir, blockTimeSeconds, chainId = DEV_CHAIN_ID } = options
  const argument: ChainArgument = {
    dir,
    chainId,
    blockTimeSeconds,
    port: options.port ?? (await freePort()),
  }
  const child = await startChild<ChainArgument, ChainReady>(
    new URL('child.ts', import.meta.url),
    argument,
    { logFile: options.logFile },
  )
  const { ready, pid, exited } = child
  return { ...ready, chainId, accounts: devAccounts(), pid, exited, stop: () => child.stop() }
}
