/*
 * Numbers of readings: the secure element's counter x 2^20 + a sub-counter. The counter steps once a boot, so a number
 * can never come back, not even with the flash erased; inside a boot the sub-counter is the number of the newest reading
 * in the flash log, plus one. A number is taken only for a reading that is stored before it is sent.
 */
#ifndef GW_SEQ_H
#define GW_SEQ_H

#include "gw/port.h"

#define GW_SEQ_SUB_BITS 20u

struct gw_seq {
  const struct gw_secure_element *element;
  uint64_t last; /* newest number stored by this element's key; 0: none */
  bool stepped;  /* the counter has stepped in this boot */
  bool skips;    /* the next number leaves a gap */
};

void gw_seq_init(struct gw_seq *seq, const struct gw_secure_element *element, uint64_t last);

/*
 * The next number; the same one again until it is taken. `skips` says whether it leaves a gap, which only a boot reading may do. Fails with
 * GW_E_IO while the element does not answer; where its counter is exhausted (2,097,151 boots) numbers go on by one.
 */
enum gw_status gw_seq_next(struct gw_seq *seq, uint64_t *number, bool *skips);

/* The reading with this number is stored. */
void gw_seq_taken(struct gw_seq *seq, uint64_t number);

#endif
