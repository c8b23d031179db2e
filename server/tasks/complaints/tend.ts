import { tendComplaints } from '../../services/complaint/tend-complaints'

export default defineTask({
  meta: {
    name: 'complaints:tend',
    description: 'Finishes what a crash left of a complaint, and erases personal data that is due.',
  },
  run: () => runClock('complaints:tend', () => tendComplaints(useDeps())),
})
