import { complaintRules } from '../../../services/complaint/complaint-rules'

export default apiRoute(() => complaintRules(useDeps()))
