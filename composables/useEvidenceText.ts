import type { Evidence } from '../shared/verification/index.ts'

const NOT_APPLICABLE = ['device_signature', 'enrolment', 'disclosure'] as const

/** What a step of a verification showed, in the page's language. */
export function useEvidenceText() {
  const { t } = useText()
  const { format } = useFormat()

  /** Facts of the evidence as they stand in its sentence: the record counted from one, moments and words in the page's language. */
  function valuesOf({ facts }: Evidence): Record<string, string | number> {
    const { index, size, timestamp, anchored_at: anchoredAt, power_status: power } = facts
    const at = timestamp ?? anchoredAt
    return {
      ...facts,
      ...(typeof index === 'number' && { place: format.value.number(index + 1) }),
      ...(typeof size === 'number' && { size: format.value.number(size) }),
      ...(typeof at === 'string' && { at: format.value.momentWithZone(at) }),
      ...((power === 'ON' || power === 'OFF') && { power: t(`proof.power.${power}`) }),
    }
  }

  function notApplicable(step: Evidence['step']): string {
    const reason = NOT_APPLICABLE.find((one) => one === step) ?? 'other'
    return t(`proof.notApplicable.${reason}`)
  }

  function statementOf(evidence: Evidence): string {
    const { step, status } = evidence
    switch (status) {
      case 'proved':
        return t(`proof.step.${step}.proved`, valuesOf(evidence))
      case 'not_checked':
        return t('proof.notChecked')
      case 'not_applicable':
        return notApplicable(step)
    }
  }

  /** What the step does not prove; null where there is nothing to add. */
  const limitOf = ({ step, limit }: Evidence) =>
    limit === null ? null : t(`proof.step.${step}.limit`)

  return { statementOf, limitOf }
}
