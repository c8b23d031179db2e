/** Preloaded into a server that knows nothing of us: it stops when the process that started it is gone, however it went. */
process.channel?.unref()
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
