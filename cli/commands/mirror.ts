import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { areaIdField } from '../../shared/fields.ts'
import { ipfsGateway, SourceError } from '../../shared/verification/index.ts'
import { keptBlocksIn } from '../audit/kept-blocks.ts'
import { DISPROVED, DONE, NOT_CHECKED, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { Contradiction } from '../contradiction.ts'
import { followOnce, type MirrorOptions, type MirrorVisitor } from '../mirror/follow.ts'
import { readState, type MirrorState } from '../mirror/state.ts'
import { addressOption, numberOption, pathOption, readOptions, urlOption } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { DEPLOYMENTS, trustedChain } from '../trusted-chain.ts'
import { printAsked } from '../verification-report.ts'

const MS_PER_S = 1000
const EVERY_S = 60
const CONFIRMATIONS = 12
const RPC_TIMEOUT_MS = 20_000

export const mirror: Command = {
  summary: 'follow the contract and keep every file of the ledger',
  synopsis:
    '--dir DIR --rpc URL --ipfs URL [--area ID[,ID…]] [--contract 0x…|--deployments DIR] [--from-block N] [--confirmations N] [--every SECONDS] [--once]',
  help: `Keeps a copy of the ledger that owes the portal nothing: every batch as it is anchored, proved against the contract
and the batch before it. Runs until it is stopped, and goes on where it left off, however it ended.

  --dir DIR            the copy; a folder for each area, and blocks/ for gridwitness audit --cache
  --rpc URL            an Ethereum node you trust
  --ipfs URL           an IPFS gateway; it need not be trusted, every block is checked
  --area ID[,ID…]      only these areas (all)
  --contract 0x…       the ledger's contract you trust
  --deployments DIR    where to look it up by the node's chain id otherwise (contracts/deployments)
  --from-block N       where to begin (the block of the deployment, 0 where it is not known)
  --confirmations N    blocks on top of an anchor, its own included, before it is kept (${CONFIRMATIONS})
  --every SECONDS      how often to look (${EVERY_S})
  --once               look once and end

What cannot be had is asked for again at the next look. Signatures and enrolments are for gridwitness audit to check.
Exit code: 0 stopped or all is kept, 1 at the first contradiction, 2 with --once where something could not be had.`,
  run,
}

const areasOption = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(areaIdField))

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, {
    text: [
      'dir',
      'rpc',
      'ipfs',
      'area',
      'contract',
      'deployments',
      'from-block',
      'confirmations',
      'every',
    ],
    flags: ['once'],
  })
  const folder = options.required('dir', pathOption)
  const rpcUrl = options.required('rpc', urlOption)
  const ipfsUrl = options.required('ipfs', urlOption)
  const only = options.value('area', areasOption)?.toSorted() ?? null
  const contract = options.value('contract', addressOption)
  const deployments = options.value('deployments', pathOption) ?? DEPLOYMENTS
  const whole = z.number().int('expected a whole number')
  const fromBlock = options.value('from-block', numberOption(whole.min(0)))
  const confirmations = options.value('confirmations', numberOption(whole.min(1)))
  const every = options.value('every', numberOption(z.number().positive('expected more than 0')))

  const trusted = await trustedChain({ rpcUrl, contract, deployments })
  const chain = trusted.source
  const chainId = await chain.chainId()
  printAsked(terminal, { rpcUrl, ipfsUrl, chain: trusted })
  await mkdir(folder, { recursive: true })
  const state = await readState(folder, {
    chainId,
    contract: chain.contract,
    only,
    fromBlock: fromBlock ?? trusted.contract?.deployedIn ?? 0,
  })
  const following: MirrorOptions = {
    chain,
    ipfs: ipfsGateway({ gatewayUrl: ipfsUrl, kept: await keptBlocksIn(join(folder, 'blocks')) }),
    folder,
    rpcUrl,
    confirmations: confirmations ?? CONFIRMATIONS,
    timeoutMs: RPC_TIMEOUT_MS,
    areas: new Set(only),
  }
  const everyMs = options.has('once') ? null : (every ?? EVERY_S) * MS_PER_S
  return follow(following, state, everyMs, terminal)
}

async function follow(
  options: MirrorOptions,
  state: MirrorState,
  everyMs: number | null,
  terminal: Terminal,
): Promise<ExitCode> {
  for (;;) {
    const outcome = await round(options, state, terminal)
    if (everyMs === null || outcome === DISPROVED) return outcome
    await setTimeout(everyMs)
  }
}

async function round(
  options: MirrorOptions,
  state: MirrorState,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    const missing = await followOnce(options, state, visitorOn(terminal))
    return missing === 0 ? DONE : NOT_CHECKED
  } catch (error) {
    if (error instanceof Contradiction) {
      terminal.err({ text: `✗ ${error.code}: ${error.message}`, style: 'red' })
      return DISPROVED
    }
    if (!(error instanceof SourceError)) throw error
    terminal.err(`gridwitness mirror: ${error.message}`)
    return NOT_CHECKED
  } finally {
    terminal.progress('')
  }
}

const visitorOn = (terminal: Terminal): MirrorVisitor => ({
  kept({ areaId, number, size, blockNumber }) {
    terminal.progress('')
    terminal.out(
      `kept batch ${number} of ${areaId}: ${size} records, anchored in block ${blockNumber}`,
    )
  },
  missing({ areaId, number }, reason) {
    terminal.progress('')
    terminal.err(`batch ${number} of ${areaId} could not be had: ${reason.message}`)
  },
  progress: (block, head) => terminal.progress(`block ${block} of ${head}`),
})
