const alternate = (hreflang: string, href: string) =>
  ({ rel: 'alternate', type: 'text/html', hreflang, href }) as const

/** Tells browsers and search engines the language of the page and where it is to be had in the others. */
export function useLanguageHead(): void {
  const { locale, localeProperties, locales, defaultLocale } = useI18n()
  const localPath = useSwitchLocalePath()
  const origin = usePortalOrigin()
  const addressIn = (code: typeof locale.value) => `${origin}${localPath(code).split(/[?#]/)[0]}`

  useHead({
    htmlAttrs: {
      lang: () => localeProperties.value.language ?? locale.value,
      dir: () => localeProperties.value.dir ?? 'ltr',
    },
    link: () => [
      { rel: 'canonical' as const, href: addressIn(locale.value) },
      ...locales.value.map(({ code }) => alternate(code, addressIn(code))),
      alternate('x-default', addressIn(defaultLocale)),
    ],
  })
}
