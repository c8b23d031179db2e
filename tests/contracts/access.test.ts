import { ZeroAddress } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, eventsOf, refusalOf, startLedger, type Ledger } from './ledger.ts'

let ledger: Ledger
beforeAll(async () => void (ledger = await startLedger()))
afterAll(() => ledger.stop())

describe('the anchoring role', () => {
  it('is needed to anchor, and the owner does not have it by itself', async () => {
    for (const wallet of [ledger.stranger, ledger.owner]) {
      expect(await refusalOf(ledger.send(wallet, 'anchor', [batchOf('a', 1)]))).toEqual({
        name: 'NotAnchorer',
        values: [wallet.address],
      })
    }
  })

  it('is granted and revoked by the owner, with an event each time it changes', async () => {
    const { owner, stranger } = ledger
    const granted = await ledger.send(owner, 'grantAnchoring', stranger.address)
    expect(eventsOf(granted).map(({ name, values }) => [name, ...values])).toEqual([
      ['AnchoringGranted', stranger.address],
    ])
    expect(await ledger.call('isAnchorer', stranger.address)).toBe(true)
    expect(eventsOf(await ledger.send(owner, 'grantAnchoring', stranger.address))).toEqual([])
    await ledger.send(stranger, 'anchor', [batchOf('granted', 1)])

    const revoked = await ledger.send(owner, 'revokeAnchoring', stranger.address)
    expect(eventsOf(revoked).map(({ name, values }) => [name, ...values])).toEqual([
      ['AnchoringRevoked', stranger.address],
    ])
    expect(eventsOf(await ledger.send(owner, 'revokeAnchoring', stranger.address))).toEqual([])
    const refused = await refusalOf(ledger.send(stranger, 'anchor', [batchOf('granted', 2)]))
    expect(refused.name).toBe('NotAnchorer')
  })

  it('is given and taken by nobody but the owner', async () => {
    const { anchorer, stranger } = ledger
    for (const name of ['grantAnchoring', 'revokeAnchoring']) {
      for (const wallet of [anchorer, stranger]) {
        const refused = await refusalOf(ledger.send(wallet, name, anchorer.address))
        expect(refused).toEqual({ name: 'OwnableUnauthorizedAccount', values: [wallet.address] })
      }
    }
    expect(await ledger.call('isAnchorer', anchorer.address)).toBe(true)
  })

  it('is not granted to the zero address', async () => {
    const refused = await refusalOf(ledger.send(ledger.owner, 'grantAnchoring', ZeroAddress))
    expect(refused.name).toBe('ZeroAnchorer')
  })
})

describe('ownership', () => {
  it('passes on only when the successor accepts', async () => {
    const { owner, successor, stranger } = ledger
    await ledger.send(owner, 'transferOwnership', successor.address)
    expect(await ledger.call('owner')).toBe(owner.address)
    expect((await refusalOf(ledger.send(stranger, 'acceptOwnership'))).name).toBe(
      'OwnableUnauthorizedAccount',
    )

    await ledger.send(successor, 'acceptOwnership')
    expect(await ledger.call('owner')).toBe(successor.address)
    const refused = await refusalOf(ledger.send(owner, 'grantAnchoring', owner.address))
    expect(refused.name).toBe('OwnableUnauthorizedAccount')

    await ledger.send(successor, 'transferOwnership', owner.address)
    await ledger.send(owner, 'acceptOwnership')
  })

  it('cannot be given up, because a stolen anchoring key could then not be revoked', async () => {
    expect((await refusalOf(ledger.send(ledger.owner, 'renounceOwnership'))).name).toBe(
      'OwnerRequired',
    )
    expect(await ledger.call('owner')).toBe(ledger.owner.address)
  })
})
