export { MAX_BATCH_RECORDS, ZERO_ROOT, type BatchHeader } from './header.ts'
export {
  batchFileName,
  batchLines,
  readBatchFile,
  writeBatchFile,
  type BatchEntry,
} from './file.ts'
