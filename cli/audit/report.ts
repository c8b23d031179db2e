import type { AreaNode, Figure } from '../../shared/outage/index.ts'
import type { Terminal } from '../terminal.ts'
import type { Audit } from './audit-area.ts'
import { Contradiction, type AuditCode } from '../contradiction.ts'
import type { DeviceGap, PeriodFigures } from './derive-figures.ts'
import type { AuditedLedger } from './read-ledgers.ts'
import { timeText } from './time-text.ts'

const RATE_DECIMALS = 4
const MINUTES_DECIMALS = 2
const PERCENT_DECIMALS = 3
const PERCENT = 100
const MS_PER_MINUTE = 60_000
const CODE_COLUMNS = 'device_signature'.length
const MONTH_CHARACTERS = 'YYYY-MM'.length
const MAX_GAPS_SHOWN = 10
const MAX_AREAS_SHOWN = 20
const MAX_OUTAGES_SHOWN = 20
const COLUMN_GAP = '  '

/** Prints which areas are audited with one, where there are any: what a portal says of them is not checked by anything. */
export function printAreasBelow(
  { out }: Terminal,
  tree: readonly AreaNode[],
  origin: string,
): void {
  const [area, ...below] = tree
  if (!area || below.length === 0) return
  out(
    `Areas:    ${area.areaId} and ${counted(below.length, 'area')} below it: that they lie there, and no others, is the word of ${origin}`,
  )
  out('')
}

/** Prints what an audit found: every kind of check, gaps, figures; or the first contradiction. */
export function printAudit(
  terminal: Terminal,
  tree: readonly AreaNode[],
  found: Audit | Contradiction,
): void {
  const { out } = terminal
  const [area] = tree
  const isMany = tree.length > 1
  if (found instanceof Contradiction) {
    out({ text: '✗', style: 'red' }, ` ${found.code.padEnd(CODE_COLUMNS)}  ${found.message}`)
    out('')
    const which = `the ledger of ${area?.areaId}${isMany ? ' or of an area below it' : ''}`
    const verdict = `Disproved: ${which} contradicts its contract or itself (${found.code}).`
    out({ text: verdict, style: 'red' })
    return
  }
  for (const [code, statement] of Object.entries(statementsOf(found))) {
    out({ text: '✓', style: 'green' }, ` ${code.padEnd(CODE_COLUMNS)}  ${statement}`)
    if (code === 'batch_chain' && isMany) printLedgers(terminal, found.ledgers)
  }
  out(
    `· ${'numbering'.padEnd(CODE_COLUMNS)}  ${counted(found.gaps.length, 'gap')} in the numbers of the devices`,
  )
  printGaps(terminal, found.gaps)
  out('')
  const { period } = found.whole
  out(
    `Figures of ${found.areaId}${isMany ? ' with all below it' : ''}, ${timeText(period.fromAt)} to ${timeText(period.toAt)}, as of ${timeText(found.asOfAt)}`,
  )
  out(
    `${counted(found.outages.length, 'outage')}; outage rules v${found.whole.figures.rules}, a heartbeat every ${found.heartbeatMs / MS_PER_MINUTE} minutes`,
  )
  out('')
  printFigures(terminal, found)
  out('')
  if (found.outages.length > 0) {
    printOutages(terminal, found)
    out('')
  }
  out({ text: `Holds: ${heldText(found)}.`, style: 'green' })
}

function heldText({ areaId, ledgers }: Audit): string {
  const [own] = ledgers
  return ledgers.length === 1
    ? `the ledger of ${areaId}, whole up to batch ${own?.latest?.number}`
    : `the ledgers of ${areaId} and of all below it, each whole up to its latest batch`
}

const statementsOf = ({ counts, ledgers }: Audit): Record<AuditCode, string> => ({
  batch_chain: chainStatement(counts.batches, ledgers),
  batch_file: `${counted(counts.records, 'record')} in canonical form hash to the anchored roots.`,
  enrolment: `${counted(counts.deviceEvents, 'event')} of ${counted(counts.devices, 'device')} follow from each other; every reading is of a device enrolled and active.`,
  device_signature: `${counted(counts.readings, 'reading')} signed by the key enrolled when they came.`,
})

function chainStatement(batches: number, ledgers: readonly AuditedLedger[]): string {
  const [own] = ledgers
  return ledgers.length === 1
    ? `${counted(batches, 'batch')} in unbroken order up to root ${own?.latest?.root}, as the contract holds it.`
    : `${counted(batches, 'batch')} of ${counted(ledgers.length, 'area')}, those of each in unbroken order, as the contract holds them.`
}

/** Prints how far the ledger of each area goes. */
function printLedgers({ out }: Terminal, ledgers: readonly AuditedLedger[]): void {
  for (const { areaId, latest } of ledgers.slice(0, MAX_AREAS_SHOWN)) {
    const what = latest
      ? `${counted(latest.number, 'batch')}, the latest sealed at ${new Date(latest.sealedAt).toISOString()}, root ${latest.root}`
      : 'the contract holds no batch'
    out(`    ${areaId}: ${what}`)
  }
  if (ledgers.length > MAX_AREAS_SHOWN)
    out(`    and ${counted(ledgers.length - MAX_AREAS_SHOWN, 'more area')}; --json lists all`)
}

/** Prints one line of figures a month and one for the whole period. */
function printFigures(
  { out }: Terminal,
  { months, whole }: { months: readonly PeriodFigures[]; whole: PeriodFigures },
): void {
  const heads = ['', 'SAIFI', 'SAIDI', 'CAIDI', 'MAIFI', 'ASAI', 'coverage', 'provisional']
  const rows = [
    heads,
    ...months.map((month) => [
      timeText(month.period.fromAt).slice(0, MONTH_CHARACTERS),
      ...cells(month),
    ]),
    ['whole', ...cells(whole)],
  ]
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    out(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(COLUMN_GAP)
        .trimEnd(),
    )
  }
}

function cells({ figures }: PeriodFigures): string[] {
  const { saifi, saidi, caidi, maifi, asai, coverage, provisional } = figures
  return [
    cell(saifi, rate),
    cell(saidi, minutes),
    cell(caidi, minutes),
    cell(maifi, rate),
    cell(asai, percent),
    cell(coverage, percent),
    provisional === null ? 'unknown' : provisional ? 'yes' : 'no',
  ]
}

/** Prints what the figures count, the latest outages first. */
function printOutages({ out }: Terminal, { outages, tree }: Audit): void {
  const latestFirst = outages.toSorted((a, b) => b.startedAt - a.startedAt)
  for (const outage of latestFirst.slice(0, MAX_OUTAGES_SHOWN)) {
    const { areaId, startedAt, endedAt, devices, customersAffected, local } = outage
    const until = endedAt === null ? 'not over' : timeText(endedAt)
    const what = [
      `${timeText(startedAt)} to ${until}`,
      ...(tree.length > 1 ? [areaId] : []),
      `${counted(devices, 'device')}, ${counted(customersAffected, 'customer')}${local ? ', local: in no figure' : ''}`,
    ]
    out(`    ${what.join(COLUMN_GAP)}`)
  }
  if (outages.length > MAX_OUTAGES_SHOWN)
    out(`    and ${outages.length - MAX_OUTAGES_SHOWN} more; --json lists all`)
}

const rate = (value: number): string => value.toFixed(RATE_DECIMALS)
const minutes = (value: number): string => `${value.toFixed(MINUTES_DECIMALS)} min`
const percent = (value: number): string => `${(value * PERCENT).toFixed(PERCENT_DECIMALS)} %`

const cell = (figure: Figure, text: (value: number) => string): string =>
  figure.value === null ? `unknown (${figure.unknown})` : text(figure.value)

/** Prints what is missing in the numbering of devices. It speaks against nobody: a reading may have been lost on the way. */
function printGaps({ out }: Terminal, gaps: readonly DeviceGap[]): void {
  for (const { deviceId, kind, afterSeq, beforeSeq, missing } of gaps.slice(0, MAX_GAPS_SHOWN)) {
    const where = `between ${afterSeq ?? 'the beginning'} and ${beforeSeq}`
    const what =
      kind === 'numbers_missing'
        ? `${counted(missing, 'reading')} missing ${where}`
        : `readings ${where} do not join`
    out(`    device ${deviceId}: ${what}`)
  }
  if (gaps.length > MAX_GAPS_SHOWN)
    out(`    and ${gaps.length - MAX_GAPS_SHOWN} more; --json lists all`)
}

/** `1 reading`, `12,345 readings`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`
