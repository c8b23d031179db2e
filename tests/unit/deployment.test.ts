import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../server/utils/config.ts'
import { MalformedError } from '../../shared/parse.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const text = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8')
const found = (source: string, pattern: RegExp): string[] => [
  ...new Set([...source.matchAll(pattern)].map(([, name = '']) => name)),
]

/** Every variable docs/operating.md tells of, which another test holds against the portal. */
async function known(): Promise<Set<string>> {
  const page = await text('docs/operating.md')
  const names = found(page, /^\| `([A-Z0-9_]+)` \|/gm)
  return new Set([...names, ...found(page, /`(NUXT_[A-Z0-9_]+_FILE)`/g)])
}

/** Variables without which the portal does not start. */
function required(): string[] {
  try {
    readConfig({})
  } catch (error) {
    if (error instanceof MalformedError) return error.issues.map(({ path }) => path)
    throw error
  }
  throw new Error('expected an empty environment to be refused')
}

async function expectStartable(variables: readonly string[]): Promise<void> {
  const names = await known()
  expect(variables.filter((name) => !names.has(name))).toEqual([])
  const given = new Set(variables.map((name) => name.replace(/_FILE$/, '')))
  expect(required().length).toBeGreaterThan(5)
  expect(required().filter((name) => !given.has(name))).toEqual([])
}

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  /** Null: passed on where it is set, and else absent. */
  environment: z.record(z.string(), z.string().nullable()).default({}),
  secrets: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  restart: z.enum(['unless-stopped', 'on-failure']),
  healthcheck: z.looseObject({ test: z.array(z.string()).min(2) }).optional(),
})
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
  // A config with its text in the file is not put into a read-only container.
  configs: z.record(z.string(), z.strictObject({ file: z.string() })).optional(),
})
const compose = async () => composeSchema.parse(parse(await text('compose.yaml'), { merge: true }))

describe('compose.yaml', () => {
  it('gives the portal what it needs, and nothing it does not read', async () => {
    const { portal } = (await compose()).services
    await expectStartable(Object.keys(portal?.environment ?? {}))
  })

  it('passes on every setting the portal knows', async () => {
    const { portal } = (await compose()).services
    const names = await known()
    // Where the proxy, the volumes and the health check look for the portal; a secret is given one way or the other.
    const given = [
      'HOST',
      'PORT',
      'NUXT_DEPLOYMENTS_DIR',
      ...Object.keys(portal?.environment ?? {}),
    ]
    const missing = [...names].filter(
      (name) =>
        !given.includes(name) &&
        !given.includes(`${name}_FILE`) &&
        !(name.endsWith('_FILE') && names.has(name.replace(/_FILE$/, ''))),
    )
    expect(missing).toEqual([])
  })

  it('leaves what is not set to the default: an empty time zone would count as one', async () => {
    const { portal } = (await compose()).services
    const emptied = Object.entries(portal?.environment ?? {}).filter(
      ([name, value]) => name.startsWith('NUXT_PUBLIC_') && value?.endsWith(':-}'),
    )
    expect(emptied).toEqual([])
  })

  it('names only what is there: services, secrets, networks, volumes', async () => {
    const { services, secrets, networks, volumes } = await compose()
    for (const [name, service] of Object.entries(services)) {
      expect(Object.keys(services), name).toEqual(
        expect.arrayContaining(Object.keys(service.depends_on)),
      )
      expect(Object.keys(secrets), name).toEqual(expect.arrayContaining(service.secrets))
      expect(Object.keys(networks), name).toEqual(expect.arrayContaining(service.networks))
      const named = service.volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => !source.startsWith('.'))
      expect(Object.keys(volumes), name).toEqual(expect.arrayContaining(named))
      for (const [dependency, { condition }] of Object.entries(service.depends_on))
        if (condition === 'service_healthy')
          expect(
            services[dependency]?.healthcheck ?? dependency === 'portal',
            `health of ${dependency}`,
          ).toBeTruthy()
    }
  })

  it('gives each secret as a file that the portal is told of', async () => {
    const { services, secrets } = await compose()
    const files = Object.entries(services.portal?.environment ?? {})
      .filter(([name]) => name.endsWith('_FILE'))
      .flatMap(([, path]) => /\/run\/secrets\/\w+/.exec(path ?? '')?.[0] ?? [])
    const mounted = services.portal?.secrets.map((name) => `/run/secrets/${name}`)
    expect(files.sort()).toEqual(mounted?.sort())
    expect(Object.keys(secrets).sort()).toEqual(services.portal?.secrets.toSorted())
  })

  it('gives the proxy its rules, which keep inside what is for machines', async () => {
    const { caddy } = (await compose()).services
    const [source = ''] = caddy?.volumes[0]?.split(':') ?? []
    const rules = await text(source)
    expect(found(rules, /\{\$([A-Z_]+)\}/g)).toEqual(Object.keys(caddy?.environment ?? {}))
    expect(found(rules, /reverse_proxy (\S+)/g)).toEqual(['portal:3000'])
    // The portal answers with a slash behind, too.
    expect(rules).toMatch(/^\s*@inside path \/metrics \/metrics\/ \/ready \/ready\/$/m)
  })

  it('publishes neither database nor RPC of the IPFS node, and the portal by its proxy alone', async () => {
    const { services, networks } = await compose()
    const published = Object.entries(services).flatMap(([name, { ports }]) =>
      ports.map((port) => `${name} ${port.split(':').at(-1)}`),
    )
    expect(published.sort()).toEqual([
      ...['caddy 443', 'caddy 443/udp', 'caddy 80', 'ipfs 4001/tcp', 'ipfs 4001/udp'],
      'mosquitto 8883',
    ])
    expect(networks.inside?.internal).toBe(true)
    expect(services.mongodb?.networks).toEqual(['inside'])
  })
})

const manifests = async (...files: string[]) => {
  const texts = await Promise.all(files.map((file) => text(`docs/kubernetes/${file}.yaml`)))
  return texts.flatMap((source) =>
    parseAllDocuments(source).map((document) => {
      expect(document.errors).toEqual([])
      return z
        .looseObject({
          kind: z.string(),
          metadata: z.looseObject({ name: z.string(), namespace: z.literal('gridwitness') }),
        })
        .parse(document.toJS())
    }),
  )
}
const envSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional() })
    .optional(),
})
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal('http') }) })
const workloadSchema = z.object({
  kind: z.literal('StatefulSet'),
  spec: z.object({
    serviceName: z.string(),
    replicas: z.literal(2),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: z.int(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1000) }),
        containers: z.tuple([
          z.object({
            env: z.array(envSchema),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
            startupProbe: probe,
            livenessProbe: probe,
            readinessProbe: probe,
            securityContext: z.object({
              allowPrivilegeEscalation: z.literal(false),
              readOnlyRootFilesystem: z.literal(true),
              capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
            }),
          }),
        ]),
        volumes: z.array(z.object({ name: z.string() })),
      }),
    }),
  }),
})

describe('docs/kubernetes', async () => {
  const all = await manifests('portal', 'network')
  const workload = workloadSchema.parse(all.find(({ kind }) => kind === 'StatefulSet')).spec
  const pod = workload.template.spec
  const [container] = pod.containers
  const valueOf = (name: string) => Number(container.env.find((one) => one.name === name)?.value)

  it('gives the portal what it needs, and nothing it does not read', async () => {
    await expectStartable(container.env.map(({ name }) => name))
  })

  it('takes every secret from one Secret, whose names the example lists', async () => {
    const [example] = await manifests('secrets.example')
    const { stringData } = z.object({ stringData: z.record(z.string(), z.string()) }).parse(example)
    const mount = container.volumeMounts.find(({ name }) => name === 'secrets')?.mountPath
    const used = container.env.flatMap(({ value, valueFrom }) => {
      if (valueFrom?.secretKeyRef) return valueFrom.secretKeyRef.key
      return value?.startsWith(`${mount}/`) ? value.slice(`${mount}/`.length) : []
    })
    expect(used.sort()).toEqual(Object.keys(stringData).sort())
  })

  it('asks addresses the portal has, and gives it the time it takes to stop', () => {
    const paths = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      ({ httpGet }) => httpGet.path,
    )
    expect(paths).toEqual(['/health', '/health', '/ready'])
    for (const path of paths)
      expect(existsSync(join(ROOT, `server/routes${path}.get.ts`)), path).toBe(true)
    const timeoutMs = valueOf('NITRO_SHUTDOWN_TIMEOUT')
    expect(timeoutMs).toBeGreaterThan(valueOf('NUXT_DRAIN_SECONDS') * 1000)
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(timeoutMs)
  })

  it('is of one piece: volumes, selectors and services fit each other', () => {
    expect(pod.volumes.map(({ name }) => name).sort()).toEqual(
      container.volumeMounts.map(({ name }) => name).sort(),
    )
    const labels = workload.template.metadata.labels
    expect(workload.selector.matchLabels).toEqual(labels)
    const services = all.filter(({ kind }) => kind === 'Service')
    expect(services.map(({ metadata }) => metadata.name)).toContain(workload.serviceName)
    for (const { spec } of services) expect(spec).toMatchObject({ selector: labels })
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy', 'Ingress'])
      expect(all.filter((one) => one.kind === kind)).toHaveLength(1)
  })
})

describe('the image', () => {
  it('is built from all that belongs to the portal, and from nothing else', async () => {
    const tracked = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const entries = new Set(tracked.split('\n').map((path) => path.split('/')[0] ?? ''))
    const taken = (await text('.dockerignore')).split('\n').filter((line) => line.startsWith('!'))
    const left = [...entries].filter((name) => name !== '' && !taken.includes(`!${name}`))
    // Who adds a folder decides here whether the image is built from it.
    expect(left.sort()).toEqual(
      [
        ...['.ci', '.dockerignore', '.github', '.gitignore', '.prettierignore', '.prettierrc.json'],
        ...['CONTRIBUTING.md', 'Dockerfile', 'LICENSE', 'NOTICE', 'README.md', 'bench', 'cli'],
        ...['compose.yaml', 'docs', 'eslint.config.js', 'firmware', 'knip.json', 'stack', 'tests'],
        ...['tsconfig.json', 'tsconfig.tools.json', 'vitest.config.ts'],
      ].sort(),
    )
    for (const name of taken) expect(entries, name).toContain(name.slice(1))
  })

  it('copies what a build leaves, runs as nobody with rights, and is asked for its health', async () => {
    const dockerfile = await text('Dockerfile')
    const copied = found(dockerfile, /^COPY --from=build \/src\/(\S+)/gm)
    expect(copied).toEqual(['.output', 'contracts/deployments'])
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true)
    const [, entry = ''] = /^CMD \["node", "([^"]+)"\]$/m.exec(dockerfile) ?? []
    expect(existsSync(join(ROOT, entry)), entry).toBe(true)
    expect(dockerfile).toMatch(/^USER 1000:1000$/m)
    expect(dockerfile).toMatch(/^HEALTHCHECK .*\n.*\/health/m)
    const variables = found(dockerfile, /\b((?:NUXT|NITRO)_[A-Z_]+)=/g)
    const names = await known()
    expect(variables.filter((name) => !names.has(name))).toEqual([])
    expect(found(dockerfile, /^FROM node:(\d+)/gm)).toEqual(['24'])
  })
})

describe('.github/workflows/ci.yml', () => {
  it('runs what .ci/run runs, with no more rights than to read', async () => {
    const workflow = z
      .object({
        permissions: z.strictObject({}),
        jobs: z.record(
          z.string(),
          z.object({
            permissions: z.strictObject({ contents: z.literal('read') }),
            'timeout-minutes': z.int(),
            steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
          }),
        ),
      })
      .parse(parse(await text('.github/workflows/ci.yml')))
    expect(workflow.jobs.run?.steps.map(({ run }) => run).filter(Boolean)).toEqual(['.ci/run'])
    expect(existsSync(join(ROOT, '.ci/run'))).toBe(true)
    for (const { steps } of Object.values(workflow.jobs))
      for (const { uses } of steps) if (uses) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/)
  })
})
