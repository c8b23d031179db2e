import { STEPS, type Evidence, type Step } from '../shared/verification/index.ts'
import type { Style, Terminal } from './terminal.ts'

type Status = Evidence['status'] | 'disproved'

const MARKS: Record<Status, { text: string; style: Style }> = {
  proved: { text: '✓', style: 'green' },
  not_checked: { text: '–', style: 'yellow' },
  not_applicable: { text: '·', style: 'dim' },
  disproved: { text: '✗', style: 'red' },
}

const STEP_COLUMNS = Math.max(...STEPS.map((step) => step.length))
const INDENT = ' '.repeat('✓ 1 '.length)

/** Prints one step of the argument: mark, number, name, statement; below it its limit and its facts. */
export function printStep(
  { out }: Terminal,
  { step, status, statement, limit, facts }: Evidence,
): void {
  out(MARKS[status], ` ${headOf(step)}  ${statement}`)
  if (limit !== null) out({ text: `${INDENT}but: ${limit}`, style: 'dim' })
  const stated = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
  if (status === 'proved' && stated.length > 0)
    out({ text: `${INDENT}${stated.join(' · ')}`, style: 'dim' })
}

/** Prints the step that failed; none follows it. */
export function printFailure({ out }: Terminal, step: Step, message: string): void {
  out(MARKS.disproved, ` ${headOf(step)}  ${message}`)
}

const headOf = (step: Step): string => `${STEPS.indexOf(step) + 1} ${step.padEnd(STEP_COLUMNS)}`

const anchoredAtOf = (evidence: readonly Evidence[]) =>
  evidence.find(({ step }) => step === 'anchor')?.facts['anchored_at']

/** The verdict in one sentence where nothing was left open. */
export const provedSentence = (evidence: readonly Evidence[]): string =>
  `Proved: this record stands in the ledger, unchanged since ${anchoredAtOf(evidence) ?? 'it was anchored'}.`

/** The verdict where a step disproved the bundle. */
export const disprovedSentence = (step: Step): string =>
  `Disproved: the record is not what this bundle says; step ${STEPS.indexOf(step) + 1} (${step}) fails.`

/** The verdict where steps are open: which, and what would close them. */
export function openSentence(evidence: readonly Evidence[], missing: readonly string[]): string {
  const open = evidence.filter(({ status }) => status === 'not_checked').map(({ step }) => step)
  const advice = missing.length > 0 ? ` Give ${missing.join(' and ')} to check them.` : ''
  return `Not proved: ${listed(open)} could not be checked; nothing that was checked speaks against the record.${advice}`
}

const listed = (words: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(words)
