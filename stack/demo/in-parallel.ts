/**
 * Runs two tasks at once. When one fails, the other's signal is aborted and waited for, so that nothing goes on in the
 * background; then the first failure is thrown. The tasks' signal also follows `signal`.
 */
export async function inParallel<A, B>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let failure: { error: unknown } | undefined
  const note = (error: unknown): never => {
    failure ??= { error }
    failed.abort(error)
    throw error
  }
  const running = [first(either).catch(note), second(either).catch(note)] as const
  await Promise.allSettled(running)
  if (failure !== undefined) throw failure.error
  return Promise.all(running)
}
