import { describe, expect, it } from 'vitest'
import { PROBLEM_STATUS } from '../../../shared/api/problem.ts'
import { STEPS } from '../../../shared/verification/evidence.ts'
import { SOURCE_PROBLEMS } from '../../../shared/verification/sources.ts'
import { catalogueOf, filesOf, LANGUAGES, sentencesOf, sources } from './catalogues.ts'

const english = sentencesOf('en')
const hindi = sentencesOf('hi')
const placeholders = (sentence: string) => [
  ...new Set([...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)),
]

describe('the catalogues', () => {
  it('hold one noun a file, in every language the same', () => {
    expect(filesOf('hi')).toEqual(filesOf('en'))
    for (const language of LANGUAGES)
      for (const file of filesOf(language))
        expect(Object.keys(Object(catalogueOf(language, file)))).toEqual([
          file.replace(/\.json$/, ''),
        ])
  })

  it('say the same things in every language', () => {
    expect([...hindi.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('leave the same gaps in every language', () => {
    for (const [key, sentence] of english)
      expect(placeholders(hindi.get(key) ?? '').sort(), key).toEqual(placeholders(sentence).sort())
  })

  it('speak Hindi where they say so', () => {
    const kept = [...hindi].filter(
      ([key, sentence]) =>
        /[a-z]{3}/i.test(sentence.replaceAll(/\{\w+\}/g, '')) &&
        !/[\u0900-\u097f]/.test(sentence) &&
        !NAMES.has(key),
    )
    expect(kept).toEqual([])
  })

  it('have a sentence for every refusal of the API and every step of a verification', () => {
    for (const code of Object.keys(PROBLEM_STATUS))
      for (const part of ['title', 'advice'])
        expect([...english.keys()], code).toContain(`problem.${code}.${part}`)
    for (const step of STEPS)
      for (const part of ['question', 'proved', 'limit', 'disproved'])
        expect([...english.keys()], step).toContain(`proof.step.${step}.${part}`)
    for (const problem of SOURCE_PROBLEMS)
      expect([...english.keys()]).toContain(`proof.why.${problem}`)
  })

  it('hold every sentence the pages ask for, and none that nobody asks for', () => {
    const keys = [...english.keys()]
    const literals = sources().flatMap(({ text }) => keysIn(text))
    expect(keys.filter((key) => !literals.some((pattern) => pattern.test(key)))).toEqual([])
    // The keys of `t()` are the compiler's business; those of `<i18n-t>` it does not see.
    const inSentences = sources().flatMap(({ text }) =>
      [...text.matchAll(/\bkeypath="([^"]*)"/g)].flatMap(([, value = '']) =>
        value.includes("'") ? keysIn(value) : keysIn(`'${value}'`),
      ),
    )
    expect(inSentences.length).toBeGreaterThan(0)
    expect(inSentences.filter((pattern) => !keys.some((key) => pattern.test(key)))).toEqual([])
  })

  it('are asked by one composable, which knows every key', () => {
    const others = sources().filter(
      ({ path, text }) =>
        path !== 'composables/useText.ts' && /\$t\(|\btm?\s*[,}][^=]*=\s*useI18n\(/.test(text),
    )
    expect(others.map(({ path }) => path)).toEqual([])
  })
})

/** Names that are the same in every language. */
const NAMES = new Set([
  'common.brand',
  'common.language.en.offer',
  'common.language.en.open',
  'common.language.en.stay',
  'batch.name.cid',
])

/** Every literal that looks like a key of a noun there is; `${…}` stands for one word. */
function keysIn(text: string): RegExp[] {
  const nouns = filesOf('en').map((file) => file.replace(/\.json$/, ''))
  const literal = new RegExp(`(['"\`])((?:${nouns.join('|')})\\.[^'"\`\\n]*?)\\1`, 'g')
  return [...text.matchAll(literal)]
    .map(([, , key = '']) => key)
    .filter(
      (key) =>
        /^[\w.-]+$/.test(key.replaceAll(/\$\{[^}]*\}/g, 'x')) &&
        !/\.(?:json|vue|ts|jsonl)$/.test(key),
    )
    .map(
      (key) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[\\w-]+')}$`),
    )
}
