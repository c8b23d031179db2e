import type { Portal } from '../portal.ts'
import { messageOf } from '../../shared/coded-error.ts'
import { readOptions, USAGE, UsageError } from './options.ts'
import { runDemo } from './run.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ctrl-C stops in order; a second one does not wait: the stores end with this process, the portal is told. */
function stopOnSignals(): { signal: AbortSignal; onPortal(portal: Portal): void } {
  const stop = new AbortController()
  let running: Portal | undefined
  for (const name of STOP_SIGNALS) {
    process.on(name, () => {
      if (stop.signal.aborted) {
        running?.kill('SIGKILL')
        process.exit(EXIT_FAILED)
      }
      process.stdout.write('\nStopping; once more to hurry.\n')
      stop.abort()
    })
  }
  return {
    signal: stop.signal,
    onPortal: (portal) => {
      running = portal
    },
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(USAGE)
    return
  }
  await runDemo({ options, screen: process.stdout, ...stopOnSignals() })
  process.stdout.write(`Stopped. All is kept in ${options.data}; the next start continues.\n`)
}

try {
  await main()
  process.exit()
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`)
  process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED)
}
