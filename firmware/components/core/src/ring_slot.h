/* The 16-byte heads of gw/ring.h. Numbers are little-endian; the number comes first, so that no two blocks are alike. */
#ifndef GW_RING_SLOT_H
#define GW_RING_SLOT_H

#include "gw/port.h"

#define SLOT_BYTES 16u

enum slot_type { SLOT_SECTOR = 0x53, SLOT_RECORD = 0x52, SLOT_ACKNOWLEDGEMENT = 0x41 };

struct slot {
  uint64_t number; /* generation of a sector, seq of a record: 56 bits */
  enum slot_type type;
  uint16_t len;   /* of a record's body */
  uint8_t index;  /* of the acknowledged record in its sector */
  uint8_t code;   /* of the acknowledgement */
};

/* `body` has slot->len bytes and is part of the checksum; NULL when there is none. */
void gw_slot_encode(const struct slot *slot, const uint8_t *body, uint8_t bytes[SLOT_BYTES]);

/* Reads the members without the checksum, which needs the body. */
struct slot gw_slot_decode(const uint8_t bytes[SLOT_BYTES]);

bool gw_slot_holds(const uint8_t bytes[SLOT_BYTES], const uint8_t *body);

#endif
