import type { Evidence, Mismatch } from '../shared/verification/index.ts'

/** Facts that are said in sentences of their own, or belong to the verifier's own words. */
const UNLISTED = ['reason', 'problem']
const NOT_APPLICABLE = ['device_signature', 'enrolment', 'disclosure'] as const

/** What a step of a verification showed, in the page's language. */
export function useEvidenceText() {
  const { t, has } = useText()
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

  function notChecked({ facts }: Evidence): string {
    const { problem } = facts
    const key = `proof.why.${problem}`
    return t(has(key) ? key : 'proof.notChecked')
  }

  /** Name of a fact; one the catalogues do not hold goes as the verifier calls it. */
  function nameOf(fact: string): string {
    const name = fact.toLowerCase().replaceAll(' ', '_')
    const key = `proof.fact.${name}`
    return has(key) ? t(key) : fact
  }

  function valueOf(fact: string, value: string | number): string {
    const key = fact === 'type' ? `batch.records.type.${value}` : `proof.power.${value}`
    return has(key) ? t(key) : String(value)
  }

  /** What a step was checked with, by name. */
  const factsOf = ({ facts }: Evidence): { name: string; value: string }[] =>
    Object.entries(facts)
      .filter(([fact]) => !UNLISTED.includes(fact))
      .map(([fact, value]) => ({ name: nameOf(fact), value: valueOf(fact, value) }))

  /** Which two values differ. */
  const mismatchOf = ({ what, expected, got }: Mismatch): string =>
    t('proof.mismatch', { what: nameOf(what), expected, got })

  /** Why a verification stopped at a step. */
  const stopOf = ({ step, refusal }: Stop): string =>
    t(refusal === 'elsewhere' ? 'proof.elsewhere' : `proof.step.${step}.disproved`)

  function statementOf(evidence: Evidence): string {
    const { step, status } = evidence
    switch (status) {
      case 'proved':
        return t(`proof.step.${step}.proved`, valuesOf(evidence))
      case 'not_checked':
        return notChecked(evidence)
      case 'not_applicable':
        return notApplicable(step)
    }
  }

  /** What the step does not prove; null where there is nothing to add. */
  const limitOf = ({ step, limit }: Evidence) =>
    limit === null ? null : t(`proof.step.${step}.limit`)

  return { statementOf, limitOf, factsOf, mismatchOf, stopOf }
}
