/** What went wrong and what to do, in the page's language; by its code, else as the portal put it. */
export function useTroubleText(trouble: () => Trouble) {
  const { t, has } = useText()
  return {
    title: computed(() => {
      const key = `problem.${trouble().code}.title`
      return has(key) ? t(key) : trouble().title
    }),
    advice: computed(() => {
      const key = `problem.${trouble().code}.advice`
      return has(key) ? t(key) : null
    }),
  }
}
