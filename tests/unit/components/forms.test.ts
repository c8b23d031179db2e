import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const templates = globSync('{components,pages}/**/*.vue', { cwd: ROOT })
  .sort()
  .map((file) => ({ file, text: readFileSync(`${ROOT}${file}`, 'utf8') }))
const tagsOf = (name: string, text: string) =>
  text.match(new RegExp(`<${name}\\b[^]*?>`, 'g')) ?? []
const formsOf = (text: string) => tagsOf('form', text)

/** What is typed before the scripts run is sent by the browser itself. */
describe('forms', () => {
  it('never put what was typed into an address, but for a search', () => {
    const named = templates.flatMap(({ file, text }) => formsOf(text).map((tag) => ({ file, tag })))
    expect(named.length).toBeGreaterThan(10)
    for (const { file, tag } of named) expect(tag, file).toMatch(/\bmethod="post"|\brole="search"/)
  })

  it('are sent by a button that waits for the scripts', () => {
    const senders = templates
      .filter(({ text }) => /\btype="submit"/.test(text))
      .filter(({ text }) => !formsOf(text).every((tag) => /role="search"/.test(tag)))
      .map(({ file }) => file)
    // The dialog stands only once scripts have opened it.
    expect(senders).toEqual(['components/desk/DeskDialog.vue'])
  })
})
