import artifact from '../../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }

export default apiRoute(() => artifact.abi)
