const ONE_YEAR_S = 365 * 24 * 60 * 60

/**
 * The languages of the portal and the visitor's own. `offered` is another language the visitor would rather read, known only
 * once the page stands in the browser: the same page goes to everyone.
 */
export function useLanguage() {
  const { locale, locales } = useI18n()
  const localPath = useSwitchLocalePath()
  const isHydrated = useHydrated()
  const remembered = useCookie<string | null>('language', {
    maxAge: ONE_YEAR_S,
    sameSite: 'lax',
    default: () => null,
  })

  const languages = computed(() =>
    locales.value.map(({ code, name }) => ({ code, name: name ?? code, path: localPath(code) })),
  )
  const wanted = () => {
    if (remembered.value !== null) return remembered.value
    const codes = navigator.languages.map((tag) => tag.split('-')[0])
    return codes.find((code) => languages.value.some((language) => language.code === code)) ?? null
  }
  const offered = computed(() => {
    const code = isHydrated.value ? wanted() : null
    return languages.value.find((l) => l.code === code && l.code !== locale.value) ?? null
  })

  return {
    locale,
    languages,
    offered,
    /** Remembers the visitor's language in this browser. */
    choose: (code: string) => (remembered.value = code),
  }
}
