import { serveParent, startChild } from '../../../../stack/process.ts'
import type { AdderArgument } from './adder.ts'

/** A process with a child of its own. */
serveParent<null, { pid: number }>(async () => {
  const child = await startChild<AdderArgument, { sum: bigint }>(
    new URL('adder.ts', import.meta.url),
    { kind: 'add', a: 1, b: 1n },
  )
  return { ready: { pid: child.pid }, stop: () => child.stop() }
})
