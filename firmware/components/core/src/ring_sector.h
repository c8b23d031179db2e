/* One sector of the ring: how it is read, and where its records stand. */
#ifndef GW_RING_SECTOR_H
#define GW_RING_SECTOR_H

#include "gw/ring.h"
#include "ring_slot.h"

#define BODY_MAX ((GW_COSE_MAX + SLOT_BYTES - 1u) / SLOT_BYTES * SLOT_BYTES)

static inline uint32_t gw_padded(uint32_t len) { return (len + SLOT_BYTES - 1u) / SLOT_BYTES * SLOT_BYTES; }

/* A record in the partition. */
struct stored {
  uint64_t seq;
  uint16_t len;
  uint32_t at; /* offset of its head in the sector */
  uint8_t body[BODY_MAX];
};

/* Reads the record whose head begins at `at`; GW_E_NONE when no valid one does. */
enum gw_status gw_sector_record(const struct gw_flash *flash, uint32_t number, uint32_t at,
                                struct stored *record);

/* Finds out what a sector holds. Gives the seq of its last record in `last_seq` (0: none). */
enum gw_status gw_sector_mount(const struct gw_flash *flash, uint32_t number,
                               struct gw_ring_sector *sector, uint64_t *last_seq);

#endif
