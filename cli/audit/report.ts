import type { Figure } from '../../shared/outage/index.ts'
import type { Terminal } from '../terminal.ts'
import { askedForMachines, type Asked } from '../verification-report.ts'
import type { Audit } from './audit-area.ts'
import { Contradiction, type AuditCode } from '../contradiction.ts'
import type { DeviceGap, PeriodFigures } from './derive-figures.ts'
import { timeText } from './time-text.ts'

const RATE_DECIMALS = 4
const MINUTES_DECIMALS = 2
const PERCENT_DECIMALS = 3
const PERCENT = 100
const MS_PER_S = 1000
const MS_PER_MINUTE = 60_000
const CODE_COLUMNS = 'device_signature'.length
const MONTH_CHARACTERS = 'YYYY-MM'.length
const MAX_GAPS_SHOWN = 10
const COLUMN_GAP = '  '

/** Prints what an audit found: every kind of check, gaps, figures; or the first contradiction. */
export function printAudit(terminal: Terminal, areaId: string, found: Audit | Contradiction): void {
  const { out } = terminal
  if (found instanceof Contradiction) {
    out({ text: '✗', style: 'red' }, ` ${found.code.padEnd(CODE_COLUMNS)}  ${found.message}`)
    out('')
    const verdict = `Disproved: the ledger of ${areaId} contradicts its contract or itself (${found.code}).`
    out({ text: verdict, style: 'red' })
    return
  }
  for (const [code, statement] of Object.entries(statementsOf(found))) {
    out({ text: '✓', style: 'green' }, ` ${code.padEnd(CODE_COLUMNS)}  ${statement}`)
  }
  out(
    `· ${'numbering'.padEnd(CODE_COLUMNS)}  ${counted(found.gaps.length, 'gap')} in the numbers of the devices`,
  )
  printGaps(terminal, found.gaps)
  out('')
  const { period } = found.whole
  out(
    `Figures of ${areaId}, ${timeText(period.fromAt)} to ${timeText(period.toAt)}, as of ${timeText(found.asOfAt)}`,
  )
  out(
    `${counted(found.outages.length, 'outage')}; outage rules v${found.whole.figures.rules}, a heartbeat every ${found.heartbeatMs / MS_PER_MINUTE} minutes`,
  )
  out('')
  printFigures(terminal, found)
  out('')
  out({
    text: `Holds: the ledger of ${areaId}, whole up to batch ${found.end.number}.`,
    style: 'green',
  })
}

const statementsOf = ({ counts, end }: Audit): Record<AuditCode, string> => ({
  batch_chain: `${counted(counts.batches, 'batch')} in unbroken order up to root ${end.root}, as the contract holds it.`,
  batch_file: `${counted(counts.records, 'record')} in canonical form hash to the anchored roots.`,
  enrolment: `${counted(counts.deviceEvents, 'event')} of ${counted(counts.devices, 'device')} follow from each other; every reading is of a device enrolled and active.`,
  device_signature: `${counted(counts.readings, 'reading')} signed by the key enrolled when they came.`,
})

/** The same for machines; times in ISO 8601, figures as they are computed. */
export function auditForMachines(areaId: string, asked: Asked, found: Audit | Contradiction) {
  const head = { area_id: areaId, asked: askedForMachines(asked) }
  if (found instanceof Contradiction) {
    const { code, message } = found
    return { verdict: 'disproved', ...head, failure: { step: code, message } }
  }
  const { end, counts, asOfAt, heartbeatMs, outages, gaps, months, whole } = found
  return {
    verdict: 'proved',
    ...head,
    failure: null,
    latest: end,
    counts: {
      batches: counts.batches,
      records: counts.records,
      readings: counts.readings,
      device_events: counts.deviceEvents,
      devices: counts.devices,
      outages: outages.length,
    },
    as_of: new Date(asOfAt).toISOString(),
    heartbeat_seconds: heartbeatMs / MS_PER_S,
    gaps: gaps.map(({ deviceId, kind, afterSeq, beforeSeq, missing }) => ({
      device_id: deviceId,
      kind,
      after_seq: afterSeq,
      before_seq: beforeSeq,
      missing,
    })),
    months: months.map(periodForMachines),
    whole: periodForMachines(whole),
  }
}

function periodForMachines({ period, figures }: PeriodFigures) {
  const { customersServed, ...rest } = figures
  const [from, to] = [timeText(period.fromAt), timeText(period.toAt)]
  return { from, to, ...rest, customers_served: customersServed }
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
