/** Preloaded into a server that knows nothing of us: it stops when the process that started it is gone, however it went. */
const STOP_LIMIT_MS = 15_000

process.channel?.unref()
process.once('disconnect', () => {
  // Whoever read our output is gone too: writing to nobody must not keep a server from stopping.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_LIMIT_MS).unref()
})
