import { expect, it } from 'vitest'
import { sourceFaults } from '../../../composables/proof/source-faults.ts'

const CONTRACT = `0x${'Ab'.repeat(20)}`
const faultsOf = (rpcUrl: string, contract: string, gatewayUrl: string) =>
  sourceFaults({ rpcUrl, contract, gatewayUrl })

it('addresses of the web are taken, and empty ones: those are not asked', () => {
  expect(faultsOf('https://rpc.example/v2/key', CONTRACT, 'http://127.0.0.1:8080')).toEqual({})
  expect(faultsOf('', '', '')).toEqual({})
  expect(faultsOf('', CONTRACT, '')).toEqual({})
})

it.each([
  'not a url',
  'rpc.example',
  'ftp://rpc.example',
  'https://',
  'https://me:secret@rpc.example',
])('%s is no address a browser could ask', (text) => {
  expect(faultsOf(text, CONTRACT, text)).toEqual({ rpcUrl: 'not_a_url', gatewayUrl: 'not_a_url' })
})

it.each(['0x12', `${CONTRACT}0`, CONTRACT.slice(2), '0xportal'])(
  '%s is no contract',
  (contract) => {
    expect(faultsOf('', contract, '')).toEqual({ contract: 'not_a_contract' })
  },
)

it('a node cannot be asked without a contract', () => {
  expect(faultsOf('https://rpc.example', '', '')).toEqual({ contract: 'no_contract' })
})
