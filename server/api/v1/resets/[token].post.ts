import { useReset } from '../../../services/account/use-reset'

export default passwordByLink(useReset, 200)
