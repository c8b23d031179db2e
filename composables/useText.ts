type PathOf<Messages> = {
  [Name in keyof Messages & string]: Messages[Name] extends string
    ? Name
    : `${Name}.${PathOf<Messages[Name]>}`
}[keyof Messages & string]

/** Name of a sentence in the catalogues: `noun.….word`. */
export type TextKey = PathOf<TextCatalogue>

/** Sentence of the page's language. `count` chooses between its forms, one and many, and stands in it as `{count}`. */
export type Text = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
  count?: number,
) => string

/** Everything a page says, by the catalogues in `i18n/locales`. */
export function useText(): {
  t: Text
  /** Whether the catalogues hold a sentence under a name that comes from elsewhere, such as an error code. */
  has: (key: string) => key is TextKey
  /** The sentence in another language, whose catalogues are fetched first. */
  inLanguage: (language: string, key: TextKey) => Promise<string>
} {
  const { t: translate, te, locales, loadLocaleMessages } = useI18n()
  const t: Text = (key, values = {}, count = 1) => translate(key, { ...values }, count)
  async function inLanguage(language: string, key: TextKey): Promise<string> {
    const known = locales.value.find(({ code }) => code === language)
    if (!known) return t(key)
    await loadLocaleMessages(known.code)
    return translate(key, {}, { locale: known.code })
  }
  return { t, has: (key): key is TextKey => te(key), inLanguage }
}
