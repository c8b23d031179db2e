/* A NOR flash in memory: bits fall to 0 by writing and rise to 1 by erasing; power can fail inside any operation. */
#ifndef GW_TEST_NOR_H
#define GW_TEST_NOR_H

#include "gw/port.h"

#include <setjmp.h>

#define NOR_BYTES_MAX 16384u
#define NOR_TEARS 5u /* ways in which an operation can be cut */

struct nor {
  struct gw_flash port;
  uint8_t cells[NOR_BYTES_MAX];
  uint32_t operations;  /* writes and erases so far */
  uint32_t cut_at;      /* the operation in which power fails; 0: never */
  unsigned tear;        /* 0 .. NOR_TEARS - 1: nothing, a byte, half, all but a byte, everything was done */
  uint32_t fail_at;     /* the operation that answers with an error; 0: none */
  bool fails_late;      /* after it was done, not instead */
  bool erasing;         /* the last operation was an erase */
  jmp_buf power_failed;
  uint32_t erases[NOR_BYTES_MAX / 1024];
};

/* A blank part. The struct must stay where it is. */
void nor_init(struct nor *nor, uint32_t size_bytes, uint32_t sector_bytes);

#endif
