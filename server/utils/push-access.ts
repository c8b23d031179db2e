import { CodedError } from '../../shared/coded-error'
import type { Push } from '../services/push/subscribe'

/** Throws `not_found` where this portal sends no notices. */
export function usePushSender(): Push {
  const { push } = useComposition()
  if (push) return push
  throw new CodedError('not_found', 'push: this portal sends no notices')
}
