/** Fonts of the pictures for links, and their licence, as modules: nuxt.config.ts brings them along into what is built. */

const LATIN = '@expo-google-fonts/noto-sans'
const DEVANAGARI = '@expo-google-fonts/noto-sans-devanagari'

export const PICTURE_FONTS = [
  `${LATIN}/400Regular/NotoSans_400Regular.ttf`,
  `${LATIN}/700Bold/NotoSans_700Bold.ttf`,
  `${DEVANAGARI}/400Regular/NotoSansDevanagari_400Regular.ttf`,
  `${DEVANAGARI}/700Bold/NotoSansDevanagari_700Bold.ttf`,
]

/** The SIL Open Font License asks that it goes where the fonts go. */
export const FONT_LICENCES = [`${LATIN}/LICENSE_FONT`, `${DEVANAGARI}/LICENSE_FONT`]
