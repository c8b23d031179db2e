import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serveParent } from '../process.ts'

/** Child process: keeps a `mongod` of the machine on one folder and one private socket. */
export interface MongodArgument {
  databaseDir: string
  socketDir: string
}

export interface MongodReady {
  uri: string
  pid: number
}

serveParent<MongodArgument, MongodReady>(async ({ databaseDir, socketDir }) => {
  const socket = join(socketDir, 'mongodb.sock')
  const mongod = spawn(
    'mongod',
    ['--dbpath', databaseDir, '--bind_ip', socket, '--unixSocketPrefix', socketDir],
    // A process group of its own: Ctrl-C must not stop the database before those who write to it.
    { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<string>((resolve) => {
    mongod.once('error', (error) => resolve(error.message))
    mongod.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`))
  })
  process.once('exit', () => mongod.kill('SIGKILL'))

  const waiting = new Promise<undefined>((resolve) => {
    createInterface({ input: mongod.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`)
      if (line.includes('"Waiting for connections"')) resolve(undefined)
    })
  })
  const failure = await Promise.race([waiting, ended])
  if (failure !== undefined || mongod.pid === undefined) {
    throw new Error(
      `mongod on ${databaseDir}: expected it to accept connections, ${failure}; its log is ../mongodb.log`,
    )
  }
  let stopping = false
  void ended.then(() => {
    if (!stopping) process.exit(1)
  })
  return {
    ready: {
      uri: `mongodb://${encodeURIComponent(socket)}/?directConnection=true`,
      pid: mongod.pid,
    },
    stop: async () => {
      stopping = true
      mongod.kill('SIGTERM')
      await ended
    },
  }
})
