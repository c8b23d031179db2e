import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const text = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8')

/** What the first group of a pattern finds, in order, each once. */
const found = (source: string, pattern: RegExp): string[] => [
  ...new Set([...source.matchAll(pattern)].map(([, name = '']) => name)),
]

async function section(path: string, heading: string): Promise<string> {
  const [, after = ''] = (await text(path)).split(`### ${heading}\n`)
  return after.split(/^##/m)[0] ?? ''
}

const variablesIn = async (heading: string): Promise<string[]> =>
  found(await section('docs/operating.md', heading), /^\| `([A-Z_]+)` \|/gm).sort()

describe('docs/operating.md', () => {
  it('tells every variable the server reads, and no other', async () => {
    const sources = await Promise.all(
      ['config', 'anchoring-config', 'mqtt-config'].map((name) => text(`server/utils/${name}.ts`)),
    )
    const read = found(sources.join('\n'), /^ {2}(NUXT_[A-Z_]+):/gm)
    expect(read.length).toBeGreaterThan(0)
    expect(await variablesIn('What the server reads')).toEqual(read.sort())
  })

  it('tells the file variable of every secret, and no other', async () => {
    const [, list = ''] = (await text('server/utils/config.ts')).split('const SECRETS = [')
    const secrets = found(list.split(']')[0] ?? '', /'(NUXT_[A-Z_]+)'/g)
    const [, afterwards = ''] = (await text('docs/operating.md')).split(
      'A secret may come from a file instead',
    )
    const told = found(afterwards.split('\n\n')[0] ?? '', /`(NUXT_[A-Z_]+)_FILE`/g)
    expect(secrets.length).toBeGreaterThan(0)
    expect(told.sort()).toEqual(secrets.sort())
  })

  it('tells every setting of the pages, and no other', async () => {
    const [, settings = ''] = (await text('nuxt.config.ts')).split(/runtimeConfig: \{\s+public: \{/)
    const names = found(settings.split(/^ {4}\}/m)[0] ?? '', /^ {6}(\w+):/gm)
    const variables = names.map(
      (name) => `NUXT_PUBLIC_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`,
    )
    expect(variables.length).toBeGreaterThan(0)
    expect(await variablesIn('What the pages show')).toEqual(variables.sort())
  })
})

/** GitHub's name of a heading, as links write it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

describe('every page', async () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'contracts/README.md']
  for await (const page of glob('docs/**/*.md', { cwd: ROOT })) pages.push(page)

  it.each(pages)('%s links to what exists', async (page) => {
    const links = found(await text(page), /\]\(([^)\s]+)\)/g).filter(
      (link) => !/^[a-z]+:/.test(link),
    )
    const missing: string[] = []
    for (const link of links) {
      const [file = '', heading] = link.split('#')
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(ROOT, target))) missing.push(link)
      else if (heading !== undefined) {
        const headings = found(await text(target), /^#+ (.+)$/gm).map(anchorOf)
        if (!headings.includes(heading)) missing.push(link)
      }
    }
    expect(missing).toEqual([])
  })
})
