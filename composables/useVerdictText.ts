/** The verdict of a verification, in the page's language. */
export function useVerdictText(verification: () => Verification) {
  const { t } = useText()
  const { statementOf } = useEvidenceText()
  const verdict = computed(() => verification().verdict ?? 'running')
  const open = computed(
    () => verification().evidence.filter(({ status }) => status === 'not_checked').length,
  )
  return {
    verdict,
    title: computed(() => t(`proof.verdict.${verdict.value}.title`)),
    text: computed(() => {
      if (verdict.value === 'incomplete')
        return t('proof.verdict.incomplete.text', { count: open.value }, open.value)
      const { stop } = verification()
      const step = stop ? t(`proof.step.${stop.step}.question`) : ''
      return t(`proof.verdict.${verdict.value}.text`, { step })
    }),
    /** What the record says, in the words of the step that proved it; null before, and where it is disproved. */
    claim: computed(() => {
      if (verdict.value === 'disproved') return null
      const proved = verification().evidence.find(
        ({ step, status }) => step === 'device_signature' && status === 'proved',
      )
      return proved ? statementOf(proved) : null
    }),
  }
}
