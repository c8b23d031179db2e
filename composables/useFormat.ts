/**
 * Figures and moments as the page's language writes them. Region and zone are the portal's, not the visitor's, so that
 * server and browser write the same.
 */
export function useFormat() {
  const { locale } = useI18n()
  const { t } = useText()
  const { timeZone, region } = useRuntimeConfig().public
  const format = computed(() => formatsIn({ tag: `${locale.value}-${region}`, timeZone }))

  const now = useNow()
  /** A moment as pages tell it: without its day where that is today's, which only the browser knows. */
  const when = (at: string, options?: Parameters<typeof format.value.briefMoment>[2]) =>
    format.value.briefMoment(
      at,
      now.value === null ? null : new Date(now.value).toISOString(),
      options,
    )

  /** "2 h 05 min"; a minute at least is told in minutes. */
  function duration(durationMs: number): string {
    const { days, hours, minutes } = durationParts(durationMs)
    if (days > 0) return t('common.duration.days', { days, hours })
    if (hours > 0)
      return t('common.duration.hours', { hours, minutes: String(minutes).padStart(2, '0') })
    return t('common.duration.minutes', { minutes })
  }

  return { format, duration, when }
}
