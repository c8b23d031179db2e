import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
export const LANGUAGES = ['en', 'hi'] as const
export type Language = (typeof LANGUAGES)[number]

const folderOf = (language: Language) => join(ROOT, 'i18n/locales', language)

export const filesOf = (language: Language): string[] => readdirSync(folderOf(language)).sort()

/** What a catalogue file holds, as it stands. */
export const catalogueOf = (language: Language, file: string): unknown =>
  JSON.parse(readFileSync(join(folderOf(language), file), 'utf8'))

/** Every sentence of a language by its key. */
export const sentencesOf = (language: Language): Map<string, string> =>
  new Map(filesOf(language).flatMap((file) => leaves(catalogueOf(language, file), '')))

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (value === null || typeof value !== 'object')
    throw new Error(`${path}: expected a sentence, got ${String(value)}`)
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === '' ? name : `${path}.${name}`),
  )
}

const ROOMS = ['pages', 'components', 'composables', 'layouts', 'stores']
const SINGLE_FILES = ['app.vue', 'error.vue']

/** The files that say something to a visitor, with their text. */
export function sources(): { path: string; text: string }[] {
  const paths = ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:vue|ts)$/.test(name))
      .map((name) => join(room, name)),
  )
  return [...SINGLE_FILES, ...paths].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }))
}
