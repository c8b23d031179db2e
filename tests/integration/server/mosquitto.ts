import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from '../../../stack/ports.ts'
import { eventually } from '../../portal.ts'

/** Whether there is a Mosquitto to try, with what makes its password file. */
export const isMosquittoHere = ['mosquitto', 'mosquitto_passwd'].every((name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name))),
)

/** Certificates of an authority of our own: of a server on 127.0.0.1, and of a client. */
function makeCertificates(dir: string): void {
  const make = (name: string, ...more: string[]) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '2', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`],
        ...more,
      ],
      { cwd: dir, stdio: 'pipe' },
    )
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key']
  make('authority')
  make('server', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1')
  make('client', ...signed)
}

export interface Mosquitto {
  url: string
  /** Stops in order, as before a restart; what it keeps is on the disk then. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** A broker as in production: TLS with certificates on both sides, a password for each user, sessions that outlive it. */
export async function startMosquitto(
  dir: string,
  users: Record<string, string>,
): Promise<Mosquitto> {
  makeCertificates(dir)
  const port = await freePort()
  const passwords = join(dir, 'passwords')
  writeFileSync(passwords, '', { mode: 0o600 })
  for (const [name, password] of Object.entries(users))
    execFileSync('mosquitto_passwd', ['-b', passwords, name, password], { stdio: 'pipe' })
  writeFileSync(
    join(dir, 'acl'),
    'user portal\ntopic read power/#\nuser devices\ntopic write power/#\n',
    { mode: 0o600 },
  )
  writeFileSync(
    join(dir, 'mosquitto.conf'),
    [
      `listener ${port} 127.0.0.1`,
      `cafile ${dir}/authority.pem`,
      `certfile ${dir}/server.pem`,
      `keyfile ${dir}/server.key`,
      'require_certificate true',
      'allow_anonymous false',
      `password_file ${passwords}`,
      `acl_file ${dir}/acl`,
      'persistence true',
      `persistence_location ${dir}/`,
      'max_queued_messages 0',
      'max_inflight_messages 1000',
      'message_size_limit 16384',
      // Otherwise it becomes a user who may not read this folder.
      `user ${userInfo().username}`,
      '',
    ].join('\n'),
  )

  let stopRunning = async () => {}
  const start = async () => {
    const child = spawn('mosquitto', ['-c', join(dir, 'mosquitto.conf')], { stdio: 'ignore' })
    const exited = once(child, 'exit')
    stopRunning = async () => {
      child.kill('SIGTERM')
      await exited
    }
    await eventually('Mosquitto listening', () => isListening(port))
  }
  await start()
  return { url: `mqtts://127.0.0.1:${port}`, start, stop: () => stopRunning() }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
