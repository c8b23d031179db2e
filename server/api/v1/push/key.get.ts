export default apiRoute(() => ({ public_key: useComposition().push?.publicKey ?? null }))
