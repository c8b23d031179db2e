/** An error that goes to the client in Kubo's form, with its message as it stands. */
export class RpcError extends Error {
  readonly status: 400 | 500

  constructor(message: string, options: { status?: 400 | 500; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'RpcError'
    this.status = options.status ?? 500
  }
}
