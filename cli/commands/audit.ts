import { z } from 'zod'
import { areaIdField, deviceTimeField } from '../../shared/fields.ts'
import type { AreaNode } from '../../shared/outage/index.ts'
import { ipfsGateway } from '../../shared/verification/index.ts'
import { areasBelow } from '../audit/areas-below.ts'
import { auditArea, type Audit } from '../audit/audit-area.ts'
import { comparePortal, type Comparison } from '../audit/compare.ts'
import { comparisonForMachines, printComparison } from '../audit/comparison-report.ts'
import { keptBlocksIn } from '../audit/kept-blocks.ts'
import { auditForMachines } from '../audit/report-for-machines.ts'
import { counted, printAreasBelow, printAudit } from '../audit/report.ts'
import { timeText } from '../audit/time-text.ts'
import { CliError, DISPROVED, DONE, NOT_CHECKED, type ExitCode } from '../cli-error.ts'
import { printLines, type Command } from '../command.ts'
import { Contradiction } from '../contradiction.ts'
import { addressOption, numberOption, pathOption, readOptions, urlOption } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { DEPLOYMENTS, trustedChain } from '../trusted-chain.ts'
import { printAsked, type Asked } from '../verification-report.ts'

const MS_PER_MINUTE = 60_000
const HEARTBEAT_MINUTES = 15

export const audit: Command = {
  summary: 'check the whole ledger of an area and recompute its outages and figures',
  synopsis:
    '--area ID --rpc URL --ipfs URL [--contract 0x…|--deployments DIR] [--from TIME] [--to TIME] [--heartbeat MINUTES] [--cache DIR] [--compare URL] [--json]',
  help: `Reads every batch of an area from the first to the latest on the contract, and checks order, files, enrolments and
signatures. Then recomputes outages and reliability figures. With --compare the same for all areas below it, as the
portal names them, and its figures and outages are held against theirs; else nothing is asked of the portal.

  --area ID            the area
  --rpc URL            an Ethereum node you trust
  --ipfs URL           an IPFS gateway; it need not be trusted, every block is checked
  --contract 0x…       the ledger's contract you trust
  --deployments DIR    where to look it up by the node's chain id otherwise (contracts/deployments)
  --from TIME          first moment of the figures, 2026-11-01 or 2026-11-01T00:00:00Z (month of the first record)
  --to TIME            the moment after the last one (when the latest batch was sealed; of several areas the first of them)
  --heartbeat MINUTES  how often the portal expects its devices (${HEARTBEAT_MINUTES})
  --cache DIR          keep what was fetched and checked; the next audit checks it again and fetches only the rest
  --compare URL        a portal; every figure and outage in which it differs is shown
  --json               print all of it for machines

Gaps in the numbering of a device are reported and are no contradiction.
Exit code: 0 everything holds, 1 at the first contradiction or where the portal differs, 2 something could not be had.`,
  run,
}

const timeOption = z
  .string()
  .transform((text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text))
  .pipe(deviceTimeField)
  .transform((text) => Date.parse(text))

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, {
    text: [
      'area',
      'rpc',
      'ipfs',
      'contract',
      'deployments',
      'from',
      'to',
      'heartbeat',
      'cache',
      'compare',
    ],
    flags: ['json'],
  })
  const areaId = options.required('area', areaIdField)
  const rpcUrl = options.required('rpc', urlOption)
  const ipfsUrl = options.required('ipfs', urlOption)
  const contract = options.value('contract', addressOption)
  const deployments = options.value('deployments', pathOption) ?? DEPLOYMENTS
  const fromAt = options.value('from', timeOption)
  const toAt = options.value('to', timeOption)
  if (fromAt !== undefined && toAt !== undefined && fromAt >= toAt) {
    throw new CliError(
      'usage',
      `--to: expected a time after ${timeText(fromAt)}, got ${timeText(toAt)}`,
    )
  }
  const heartbeat = options.value(
    'heartbeat',
    numberOption(z.number().positive('expected more than 0')),
  )
  const cache = options.value('cache', pathOption)
  const portalUrl = options.value('compare', urlOption)

  const chain = await trustedChain({ rpcUrl, contract, deployments })
  const kept = cache === undefined ? undefined : await keptBlocksIn(cache)
  const asked: Asked = { rpcUrl, ipfsUrl, chain }
  const isForMachines = options.has('json')
  if (!isForMachines) printAsked(terminal, asked)
  const tree: AreaNode[] =
    portalUrl === undefined ? [{ areaId, parentId: null }] : await areasBelow(portalUrl, areaId)
  if (!isForMachines && portalUrl !== undefined) printAreasBelow(terminal, tree, portalUrl)
  const outcome = await outcomeOf(() =>
    auditArea(
      { chain: chain.source, ipfs: ipfsGateway({ gatewayUrl: ipfsUrl, kept }) },
      { areaId, tree, fromAt, toAt, heartbeatMs: (heartbeat ?? HEARTBEAT_MINUTES) * MS_PER_MINUTE },
      ({ areaId: at, batch, latest, records }) =>
        terminal.progress(`${at}: batch ${batch} of ${latest}, ${counted(records, 'record')}`),
    ),
  ).finally(() => terminal.progress(''))
  const print = isForMachines ? printForMachines : printForPeople
  return print(terminal, { tree, asked, outcome, portalUrl })
}

interface Findings {
  tree: readonly AreaNode[]
  asked: Asked
  outcome: Audit | Contradiction
  portalUrl: string | undefined
}

/** What was audited stands there before the portal is asked: it may not answer. */
async function printForPeople(
  terminal: Terminal,
  { tree, outcome, portalUrl }: Findings,
): Promise<ExitCode> {
  printAudit(terminal, tree, outcome)
  if (outcome instanceof Contradiction) return DISPROVED
  if (portalUrl === undefined) return DONE
  const comparison = await comparePortal(portalUrl, outcome)
  printComparison(terminal, comparison, tree)
  return exitCodeAfter(comparison)
}

/** One object, also where the portal does not answer; then that is thrown after it was printed. */
async function printForMachines(
  terminal: Terminal,
  { tree, asked, outcome, portalUrl }: Findings,
): Promise<ExitCode> {
  const print = (comparison: Comparison | null) => {
    const found = auditForMachines(tree, asked, outcome)
    const compared = comparison && comparisonForMachines(comparison)
    printLines(terminal.out, JSON.stringify({ ...found, comparison: compared }, null, 2))
  }
  if (outcome instanceof Contradiction || portalUrl === undefined) {
    print(null)
    return outcome instanceof Contradiction ? DISPROVED : DONE
  }
  const comparison = await comparePortal(portalUrl, outcome).catch((error: unknown) => {
    print(null)
    throw error
  })
  print(comparison)
  return exitCodeAfter(comparison)
}

function exitCodeAfter({ period, differences }: Comparison): ExitCode {
  if (differences.length > 0) return DISPROVED
  return period === null ? NOT_CHECKED : DONE
}

/** A contradiction is what an audit finds; anything else that is thrown left it open. */
async function outcomeOf(run: () => Promise<Audit>): Promise<Audit | Contradiction> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Contradiction) return error
    throw error
  }
}
