import { serveParent } from '../../../../stack/process.ts'

/** A process that does each thing a child may do, as its argument says. */
export type AdderArgument =
  { kind: 'add'; a: number; b: bigint } | { kind: 'throw' } | { kind: 'exit' }

serveParent<AdderArgument, { sum: bigint }>(async (argument) => {
  if (argument.kind === 'throw') throw new Error('expected a sum to do, got none')
  if (argument.kind === 'exit') {
    process.stderr.write('last words\n')
    process.exit(7)
  }
  const sum = BigInt(argument.a) + argument.b
  process.stdout.write(`the sum is ${sum}\n`)
  // As a server would, this keeps the process from ending by itself.
  const alive = setInterval(() => {}, 2 ** 30)
  return {
    ready: { sum },
    stop: async () => {
      clearInterval(alive)
      process.stdout.write('stopped\n')
    },
  }
})
