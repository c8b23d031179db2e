import { mkdtemp, readdir, readFile, rm, stat, truncate, watch, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { Contract, JsonRpcProvider, Wallet } from 'ethers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import artifact from '../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { deployLedger } from '../../../contracts/deploy.ts'
import { startChain, type Chain, type ChainOptions } from '../../../stack/chain/index.ts'
import { freePort } from '../../../stack/ports.ts'
import { startChild } from '../../../stack/process.ts'
import { batchOf } from '../../contracts/ledger.ts'
import { gone } from './gone.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-chain-'))
  onTestFinished(() => rm(dir, { recursive: true }))
})

async function start(options: Partial<ChainOptions> = {}): Promise<Chain> {
  const chain = await startChain({ dir, ...options })
  onTestFinished(() => chain.stop())
  return chain
}

function providerOf(chain: Chain): JsonRpcProvider {
  const options = { staticNetwork: true, pollingInterval: 10, cacheTimeout: -1 }
  const provider = new JsonRpcProvider(
    chain.rpcUrl,
    { name: 'dev', chainId: chain.chainId },
    options,
  )
  onTestFinished(() => provider.destroy())
  return provider
}

const keyOf = (chain: Chain): string => chain.accounts[0]?.privateKey ?? ''

/** Sends one wei; a block is made of it. Resolves with the number of that block. */
async function makeBlock(chain: Chain): Promise<number> {
  const sent = await new Wallet(keyOf(chain), providerOf(chain)).sendTransaction({
    to: `0x${'00'.repeat(19)}aa`,
    value: 1,
  })
  const receipt = await sent.wait()
  if (!receipt) throw new Error('expected a receipt, got none')
  return receipt.blockNumber
}

const savedState = z.object({ best_block_number: z.number() })
const stateFile = (): string => join(dir, '31337.state.json')

/** Resolves when a state of this block, or a later one, has been saved. */
async function saved(blockNumber: number): Promise<void> {
  const isSaved = async (): Promise<boolean> => {
    const text = await readFile(stateFile(), 'utf8').catch(() => undefined)
    if (text === undefined) return false
    return savedState.parse(JSON.parse(text)).best_block_number >= blockNumber
  }
  const changes = watch(dir)
  // Watching begins with the first `next`, so it comes before the look.
  let change = changes.next()
  while (!(await isSaved())) {
    await change
    change = changes.next()
  }
}

describe('a development chain', () => {
  it('continues where it stopped: contract, batches, receipts, logs and block numbers', async () => {
    const first = await start()
    const { deployment } = await deployLedger({
      rpcUrl: first.rpcUrl,
      deployerKey: keyOf(first),
      directory: dir,
    })
    const ledger = new Contract(
      deployment.contract,
      artifact.abi,
      new Wallet(keyOf(first), providerOf(first)),
    )
    const sent = await ledger.getFunction('anchor')([batchOf('kept', 1)])
    const receipt = await sent.wait()
    await first.stop()
    expect(await first.exited).toEqual({ code: 0, signal: null })

    const second = await start()
    const provider = providerOf(second)
    expect(await provider.getBlockNumber()).toBe(receipt.blockNumber)
    const kept = await provider.getTransactionReceipt(receipt.hash)
    expect(kept).toMatchObject({
      blockHash: receipt.blockHash,
      gasUsed: receipt.gasUsed,
      status: 1,
    })
    expect(kept?.logs.map((log) => log.data)).toEqual([receipt.logs[0].data])
    const filter = {
      address: deployment.contract,
      fromBlock: 0,
      topics: [receipt.logs[0].topics[0]],
    }
    expect((await provider.getLogs(filter)).map((log) => log.transactionHash)).toEqual([
      receipt.hash,
    ])
    expect((await provider.getBlock(receipt.blockNumber))?.hash).toBe(receipt.blockHash)

    const again = new Contract(
      deployment.contract,
      artifact.abi,
      new Wallet(keyOf(second), provider),
    )
    const batch = batchOf('kept', 1)
    expect(await again.getFunction('latest')(batch.areaId)).toEqual([1n, batch.root])
    const next = await (await again.getFunction('anchor')([batchOf('kept', 2)])).wait()
    expect(next.blockNumber).toBe(receipt.blockNumber + 1)
    expect(
      await deployLedger({ rpcUrl: second.rpcUrl, deployerKey: keyOf(second), directory: dir }),
    ).toMatchObject({
      outcome: 'kept',
    })
  })

  it('has what was saved after SIGKILL of the process that keeps it, which takes anvil with it', async () => {
    const first = await start()
    const blockNumber = await makeBlock(first)
    await saved(blockNumber)
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    await gone(first.anvilPid)

    expect(await providerOf(await start()).getBlockNumber()).toBe(blockNumber)
  })

  it('ends, and keeps its last block, when the process that started it is killed', async () => {
    const script = new URL('children/chain-owner.ts', import.meta.url)
    const owner = await startChild<{ dir: string }, Pick<Chain, 'rpcUrl' | 'pid' | 'anvilPid'>>(
      script,
      { dir },
    )
    owner.kill('SIGKILL')
    await owner.exited
    await gone(owner.ready.pid)
    await gone(owner.ready.anvilPid)
    await expect(stat(stateFile())).resolves.toBeDefined()
  })

  it('is reported as ended when anvil dies', async () => {
    const chain = await start()
    process.kill(chain.anvilPid, 'SIGKILL')
    expect(await chain.exited).toEqual({ code: 1, signal: null })
  })

  it('waits for the one before it to let go of the folder', async () => {
    const first = await start()
    const blockNumber = await makeBlock(first)
    const [second] = await Promise.all([start(), first.stop()])
    expect(await providerOf(second).getBlockNumber()).toBe(blockNumber)
  })

  it('makes blocks by the clock when asked to, on the port and with the chain id given', async () => {
    const port = await freePort()
    const chain = await start({ port, chainId: 4242, blockTimeSeconds: 1 })
    expect(chain).toMatchObject({ rpcUrl: `http://127.0.0.1:${port}`, chainId: 4242 })
    const provider = providerOf(chain)
    expect(await provider.send('eth_chainId', [])).toBe('0x1092')
    await new Promise((resolve) => void provider.once('block', resolve))
  })

  it('says so when the port is taken', async () => {
    const { rpcUrl } = await start()
    const port = Number(new URL(rpcUrl).port)
    await expect(startChain({ dir: join(dir, 'other'), port })).rejects.toThrow(/anvil: .*in use/i)
  })

  it('listens on 127.0.0.1 only', async () => {
    const { rpcUrl } = await start()
    const port = Number(new URL(rpcUrl).port)
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const host of [...outside.map(({ address }) => address), '127.0.0.2']) {
      const refused = new Promise((resolve) => {
        const socket = connect({ host, port }, () => resolve('connected'))
        socket.once('error', () => resolve('refused')).once('close', () => socket.destroy())
      })
      expect(await refused, host).toBe('refused')
    }
  })
})

describe('a damaged state', () => {
  /** A chain of two saved blocks whose process is gone. */
  async function twoSavedBlocks(): Promise<void> {
    const chain = await start()
    await saved(await makeBlock(chain))
    await makeBlock(chain)
    await chain.stop()
  }

  it('is passed over for the copy before it, and that is said', async () => {
    await twoSavedBlocks()
    await truncate(stateFile(), 1000)
    const logFile = join(dir, 'log')
    const chain = await start({ logFile })
    expect(await providerOf(chain).getBlockNumber()).toBe(1)
    await chain.stop()
    expect(await readFile(logFile, 'utf8')).toContain(
      '31337.state.json: expected the state of a chain',
    )
  })

  it('is not replaced by a new chain when no copy is whole', async () => {
    await twoSavedBlocks()
    const files = (await readdir(dir)).filter((name) => name.endsWith('.json'))
    expect(files).toHaveLength(2)
    for (const name of files) await writeFile(join(dir, name), '{"block":')
    await expect(startChain({ dir })).rejects.toThrow('move it away to begin a new chain')
    for (const name of files) expect(await readFile(join(dir, name), 'utf8')).toBe('{"block":')
  })

  it('is never read from a save that was cut short', async () => {
    await twoSavedBlocks()
    await writeFile(`${stateFile()}.new`, '{"block":')
    expect(await providerOf(await start()).getBlockNumber()).toBe(2)
  })
})
