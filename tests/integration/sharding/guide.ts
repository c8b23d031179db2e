import { readFileSync } from 'node:fs'

const GUIDE = new URL('../../../docs/operators-guide.md', import.meta.url)

/** Cells of the rows of the table whose first column has this heading in docs/operators-guide.md. */
export function tableOfGuide(heading: string): string[][] {
  const [, table = ''] = readFileSync(GUIDE, 'utf8').split(`\n| ${heading} |`)
  const rows = (table.split('\n\n')[0] ?? '').split('\n').slice(2)
  if (rows.length === 0) throw new Error(`expected a table of ${heading} in ${GUIDE.pathname}`)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
