import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addTypeTemplate } from 'nuxt/kit'

const LOCALES = fileURLToPath(new URL('locales', import.meta.url))

/** Files of a language, one a noun; what lies in its folder belongs to it. */
export const catalogueFiles = (code: string): string[] =>
  readdirSync(join(LOCALES, code))
    .sort()
    .map((file) => `${code}/${file}`)

/** Nuxt module: the English catalogues are the type of every message key, so that a wrong key does not compile. */
export function typeCatalogues(): void {
  const nouns = catalogueFiles('en').map((file) => ({
    name: file.replace(/^en\/|\.json$/g, ''),
    path: join(LOCALES, file),
  }))
  addTypeTemplate({
    filename: 'types/catalogues.d.ts',
    getContents: () =>
      [
        ...nouns.map(({ name, path }) => `import type ${name} from '${path}'`),
        ...nouns.map(({ name }) => `type ${name}Catalogue = typeof ${name}`),
        'declare global {',
        `  interface TextCatalogue extends ${nouns.map(({ name }) => `${name}Catalogue`).join(', ')} {}`,
        '}',
        '',
      ].join('\n'),
  })
}
