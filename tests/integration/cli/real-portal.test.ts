import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Acceptance } from '../../../shared/api/readings.ts'
import { TestDevice } from '../../device.ts'
import {
  ADMIN_TOKEN,
  eventually,
  get,
  send,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { gridwitness } from './session.ts'

describe('gridwitness against a running portal', () => {
  let test: TestPortal
  const device = new TestDevice('command line')
  const env = { GRIDWITNESS_ADMIN_TOKEN: ADMIN_TOKEN }
  beforeAll(async () => {
    test = await startTestPortal()
  })
  afterAll(() => test?.stop())

  const enrolment = () => {
    const { device_id, public_key, stage, customers_served, latitude, longitude } = device.facts
    return [
      ...[
        'device',
        'enrol',
        '--portal',
        test.url,
        '--area',
        'in-br-patna',
        '--device-id',
        device_id,
      ],
      ...['--public-key', public_key, '--stage', stage, '--customers', String(customers_served)],
      ...['--latitude', String(latitude), '--longitude', String(longitude)],
    ]
  }

  it('makes an area, enrols a device and proves its first reading', async () => {
    const area = await gridwitness(
      [
        'area',
        'put',
        '--portal',
        test.url,
        '--area',
        'in-br-patna',
        '--name',
        'Patna',
        '--kind',
        'district',
      ],
      { env },
    )
    expect(area).toMatchObject({ code: 0 })
    expect((await gridwitness(enrolment(), { env })).stdout).toMatch(/enrolled/)
    expect((await gridwitness(enrolment(), { env })).stdout).toMatch(/already enrolled/)

    const { body } = await send<Acceptance>(test.url, 'POST', '/api/v1/readings', device.read())
    if (body.status === 'rejected') throw new Error(body.detail)
    const proof = await eventually('a proof', async () => {
      const answer = await get<object>(test.url, `/api/v1/records/${body.leaf_hash}/proof`)
      return answer.status === 200 && answer.body
    })
    const file = join(test.dir, 'record.gwproof.json')
    await writeFile(file, JSON.stringify(proof))
    const sources = [
      '--rpc',
      test.stack.rpcUrl,
      '--ipfs',
      test.url,
      '--deployments',
      test.stack.deploymentsDir,
    ]
    const verified = await gridwitness(['verify', file, ...sources])
    expect(verified).toMatchObject({ code: 0 })
  })

  it('is refused with another key for a known device, and told what it takes', async () => {
    const other = new TestDevice('another').facts.public_key
    const args = enrolment().map((word) => (word === device.facts.public_key ? other : word))
    const refused = await gridwitness(args, { env })
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('key_rotated')
  })

  it('records a rotated key with why', async () => {
    const rotated = await gridwitness(
      [
        ...['device', 'rotate-key', '--portal', test.url, '--device-id', device.facts.device_id],
        ...['--public-key', new TestDevice('new key').facts.public_key],
        ...['--reason', 'element replaced'],
      ],
      { env },
    )
    expect(rotated).toMatchObject({ code: 0 })
  })
})
