import type { AreaNode } from '../../shared/outage/index.ts'
import type { Terminal } from '../terminal.ts'
import type { Comparison } from './compare.ts'
import { counted } from './report.ts'
import { timeText } from './time-text.ts'

const MAX_DIFFERENCES_SHOWN = 50

/** Prints in what a portal differs from the audit, or that it does not. */
export function printComparison(
  { out }: Terminal,
  comparison: Comparison,
  tree: readonly AreaNode[],
): void {
  const { portalUrl, period, leftOut, figures, outages, differences } = comparison
  out('')
  if (!period) {
    out({
      text: `Not compared: the audited period holds no whole day (UTC) that was over for three heartbeats when the latest batch was sealed.`,
      style: 'yellow',
    })
    return
  }
  out(
    `Compared with ${portalUrl}: ${timeText(period.fromAt)} to ${timeText(period.toAt)}, each day, each month and the whole${tree.length > 1 ? ', and the whole of each area directly below' : ''}`,
  )
  if (leftOut.length > 0) {
    const stretches = leftOut.map(
      ({ period: { fromAt, toAt }, outages: begun }) =>
        `${timeText(fromAt)} to ${timeText(toAt)} (${counted(begun, 'audited outage')})`,
    )
    out(
      `Left out: ${stretches.join(' and ')}. Only whole days (UTC) are compared that were over for three heartbeats when the latest batch was sealed.`,
    )
  }
  for (const { subject, what, audited, portal } of differences.slice(0, MAX_DIFFERENCES_SHOWN)) {
    out({ text: '✗', style: 'red' }, ` ${subject}  ${what}: audited ${audited}, portal ${portal}`)
  }
  if (differences.length > MAX_DIFFERENCES_SHOWN)
    out(`  and ${differences.length - MAX_DIFFERENCES_SHOWN} more; --json lists all`)
  const amount = `${counted(figures, 'figure')} and ${counted(outages, 'outage')}`
  if (differences.length === 0) out({ text: `Agrees: ${amount}.`, style: 'green' })
  else {
    const verdict = `Differs: ${counted(differences.length, 'difference')} in ${amount}.`
    out({ text: verdict, style: 'red' })
    out(
      'A record that reached the portal late, of a day already over, counts there at once and here when its batch is anchored: audit again after the next batch.',
    )
  }
}

/** The same for machines. */
export const comparisonForMachines = (comparison: Comparison) => ({
  portal_url: comparison.portalUrl,
  from: comparison.period && timeText(comparison.period.fromAt),
  to: comparison.period && timeText(comparison.period.toAt),
  left_out: comparison.leftOut.map(({ period, outages }) => ({
    from: timeText(period.fromAt),
    to: timeText(period.toAt),
    outages,
  })),
  figures: comparison.figures,
  outages: comparison.outages,
  differences: comparison.differences,
})
