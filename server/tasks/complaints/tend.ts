import { messageOf } from '../../../shared/coded-error'
import { tendComplaints } from '../../services/complaint/erase-complaint'

export default defineTask({
  meta: {
    name: 'complaints:tend',
    description: 'Finishes what a crash left of a complaint, and erases personal data that is due.',
  },
  async run() {
    try {
      await tendComplaints(useDeps())
      return { result: { tended: true } }
    } catch (error) {
      // The database is away: the next run tries again.
      console.error(`complaints:tend: ${messageOf(error)}`)
      return { result: { tended: false } }
    }
  },
})
