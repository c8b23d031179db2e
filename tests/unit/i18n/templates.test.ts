import { parse, type SFCTemplateBlock } from 'vue/compiler-sfc'
import { describe, expect, it } from 'vitest'
import { sources } from './catalogues.ts'

const SPOKEN =
  /^(?:aria-(?:label|description|roledescription|placeholder|valuetext)|title|placeholder|alt|label|description|caption)$/
const LETTERS = /\p{L}{2}/u
/** Interpolations and bound attributes that hold a sentence of their own. */
const LITERAL = /(?:^|[?:|&(,]\s*)(['"`])(?=[^'"`]*\p{L}{2})([^'"`]*\s[^'"`]*)\1/u

describe('a template', () => {
  it.each(sources().filter(({ path }) => path.endsWith('.vue')))(
    'says nothing that is not in the catalogues: $path',
    ({ text }) => expect(spokenIn(text)).toEqual([]),
  )

  it('that says something of its own is found', () => {
    const found = spokenIn(
      `<template><p title="Close">Hello {{ name }} <b :aria-label="on ? 'Turn off' : t('x.y')">{{ \`to us\` }}</b></p></template>`,
    )
    expect(found).toEqual(['Close', 'Hello', "on ? 'Turn off' : t('x.y')", '`to us`'])
  })

  it('that only asks the catalogues is let be', () => {
    const found = spokenIn(
      `<template><p class="font bold" :title="t('x.y')" :class="on ? 'a b' : 'c d'">· {{ t('x.y') }}</p></template>`,
    )
    expect(found).toEqual([])
  })
})

type Node = NonNullable<SFCTemplateBlock['ast']>['children'][number]

function spokenIn(component: string): string[] {
  const { descriptor } = parse(component, { templateParseOptions: { comments: false } })
  return descriptor.template?.ast?.children.flatMap(said) ?? []
}

function said(node: Node): string[] {
  if ('tag' in node) return [...node.props.flatMap(saidBy), ...node.children.flatMap(said)]
  if (!('content' in node)) return []
  const { content } = node
  if (typeof content === 'string') return LETTERS.test(content) ? [content.trim()] : []
  if (!('loc' in content)) return []
  return LITERAL.test(content.loc.source) ? [content.loc.source] : []
}

function saidBy(prop: Extract<Node, { tag: string }>['props'][number]): string[] {
  if ('exp' in prop) {
    const source = prop.exp?.loc.source ?? ''
    return SPOKEN.test(prop.arg?.loc.source ?? '') && LITERAL.test(source) ? [source] : []
  }
  const text = 'value' in prop ? (prop.value?.content ?? '') : ''
  return SPOKEN.test(prop.name) && LETTERS.test(text) ? [text] : []
}
