import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const COMPILED = fileURLToPath(new URL('.cache/compiled', import.meta.url))

/**
 * Rooms of tests; each runs alone as `vitest run --project <name>`. Files that are not isolated run in one process, one after
 * another, and import once what they share.
 */
const room = (name: string, timeoutMs: number, { isolate = false } = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    teardownTimeout: timeoutMs,
    isolate,
  },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 4,
    // Hundreds of processes are started: what one has compiled, the next need not.
    env: { NODE_COMPILE_CACHE: COMPILED },
    projects: [
      room('unit', 30_000, { isolate: true }),
      room('contracts', 60_000),
      room('integration', 120_000),
      room('e2e', 120_000),
      room('firmware', 60_000),
    ],
  },
})
