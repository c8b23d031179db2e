export default apiRoute(() => ({ public_key: usePushSender().publicKey }))
