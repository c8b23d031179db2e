import { openApiDocument } from '../../../shared/api/openapi'

const document = openApiDocument()

export default apiRoute(() => document)
