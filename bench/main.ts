import { spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/**
 * Runs benches in turn, all or those named, and prints their measures as JSON lines and at the end as a table. Fails where
 * one is past its limit, or took longer than all of them may together.
 */
const BENCHES = [
  ...['gas', 'ingest', 'ledger', 'outages', 'proof', 'reliability', 'map', 'pages', 'audit'],
] as const
const MAX_MS = 20 * 60_000

const measureSchema = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string().default(''),
  limit: z.number().optional(),
})
type Measure = z.infer<typeof measureSchema>

const deadline = Date.now() + MAX_MS
const measures: Measure[] = []
const failed: string[] = []
const named = process.argv.slice(2)
const unknown = named.filter((name) => !BENCHES.some((bench) => bench === name))
if (unknown.length > 0)
  throw new Error(`expected names among ${BENCHES.join(', ')}, got ${unknown.join(', ')}`)
for (const name of BENCHES)
  if (named.length === 0 || named.includes(name)) if (!(await run(name))) failed.push(name)
printTable()
if (failed.length > 0) {
  console.log(`past a limit, or failed: ${failed.join(', ')}`)
  process.exitCode = 1
}

/** Whether the bench ended well and in time. */
async function run(name: string): Promise<boolean> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.ts`, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: Math.max(1, deadline - Date.now()),
  })
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line)
    if (line.startsWith('{')) measures.push(measureSchema.parse(JSON.parse(line)))
  }
  return (child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))) === 0
}

function printTable(): void {
  const rows = measures.map(({ name, value, unit, limit }) => [
    name,
    value.toLocaleString('en'),
    unit,
    limit === undefined ? '' : `limit ${limit.toLocaleString('en')}`,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const pad = (text: string, column: number) =>
    column === 1 ? text.padStart(widths[1] ?? 0) : text.padEnd(widths[column] ?? 0)
  console.log()
  for (const row of rows) console.log(row.map(pad).join('  ').trimEnd())
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  )
}
