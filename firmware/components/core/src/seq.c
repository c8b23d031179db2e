#include "gw/seq.h"

#define SUB_MASK ((UINT64_C(1) << GW_SEQ_SUB_BITS) - 1u)

void gw_seq_init(struct gw_seq *seq, const struct gw_secure_element *element, uint64_t last) {
  *seq = (struct gw_seq){.element = element, .last = last};
}

enum gw_status gw_seq_next(struct gw_seq *seq, uint64_t *number, bool *skips) {
  uint64_t next = seq->last + 1;
  /* When a boot has used up its sub-counter, the next number is the first of the counter's next value. */
  bool epoch_ends = (next & SUB_MASK) == 0 && !seq->skips;
  if (!seq->stepped || epoch_ends) {
    uint32_t value = 0;
    enum gw_status status = seq->element->counter_step(seq->element->ctx, &value);
    if (status != GW_OK && status != GW_E_EXHAUSTED) return status;
    uint64_t first = (uint64_t)value << GW_SEQ_SUB_BITS;
    if (status == GW_OK && first > next) {
      next = first;
      seq->last = first - 1;
      seq->skips = true;
    }
    seq->stepped = true;
  }
  *number = next;
  *skips = seq->skips;
  return GW_OK;
}

void gw_seq_taken(struct gw_seq *seq, uint64_t number) {
  seq->last = number;
  seq->skips = false;
}
