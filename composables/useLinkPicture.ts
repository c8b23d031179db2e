interface LinkTold {
  title: () => string
  description: () => string
  /** Address of the picture for a language, without the portal's origin. */
  picture: (language: 'en' | 'hi') => string
}

/** Title and description of a page, and the picture that a link to it shows where it is shared, in the page's language. */
export function useLinkPicture({ title, description, picture }: LinkTold): void {
  const { locale } = useI18n()
  const { t } = useText()
  const origin = usePortalOrigin()
  useSeoMeta({
    title,
    description,
    ogSiteName: () => t('common.brand'),
    ogTitle: title,
    ogDescription: description,
    ogImage: () => `${origin}${picture(locale.value)}`,
    ogImageType: 'image/png',
    ogImageWidth: 1200,
    ogImageHeight: 630,
    ogImageAlt: description,
    twitterCard: 'summary_large_image',
  })
}
