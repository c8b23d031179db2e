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
} {
  const { t: translate, te } = useI18n()
  const t: Text = (key, values = {}, count = 1) => translate(key, { ...values }, count)
  return { t, has: (key): key is TextKey => te(key) }
}
