/** Fonts of the pictures for links, and their licence, as modules: nuxt.config.ts brings them along into what is built. */

const NOTO_SANS = '@expo-google-fonts/noto-sans'

/** They hold Latin and Devanagari. */
export const PICTURE_FONTS = [
  `${NOTO_SANS}/400Regular/NotoSans_400Regular.ttf`,
  `${NOTO_SANS}/700Bold/NotoSans_700Bold.ttf`,
]

/** The SIL Open Font License asks that it goes where the fonts go. */
export const FONT_LICENCE = `${NOTO_SANS}/LICENSE_FONT`
