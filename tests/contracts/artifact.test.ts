import { expect, it } from 'vitest'
import artifact from '../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { compileLedger } from '../../contracts/compile.ts'

it('the committed artifact is what the sources compile to', { timeout: 30_000 }, () => {
  expect(artifact).toEqual(compileLedger())
})
