/*
 * Store-and-forward log on a raw flash partition. A record stays until the portal has taken it.
 *
 * A sector is: a head of 16 bytes with its generation; records growing up, each a head of 16 bytes and a body padded to
 * 16; acknowledgements growing down from the end, 16 bytes each. Nothing is written twice between erases, every write is
 * a multiple of 16 at a multiple of 16 (encrypted flash), every head covers what belongs to it with a CRC-32. A record
 * and its acknowledgement share a sector, so that erasing one sector forgets nothing about another.
 *
 * Power may fail inside any write or erase. A record counts as stored when `gw_ring_append` has returned GW_OK; a torn
 * one is passed over and its sector takes no more records. A torn acknowledgement, or a torn erase that took the
 * acknowledgements before the records, means duplicates at the portal and nothing worse.
 *
 * When no sector is free: the oldest one whose records are all acknowledged is erased; when there is none, the oldest of
 * all. What is lost then shows in public as a gap in the numbering, and is counted in `lost`. The sector of the newest
 * record is never erased, since the next reading needs its number and hash.
 */
#ifndef GW_RING_H
#define GW_RING_H

#include "gw/port.h"
#include "gw/record.h"

#define GW_RING_SECTORS_MAX 192u
#define GW_RING_SECTOR_RECORDS_MAX 32u

struct gw_ring_sector {
  uint64_t first_seq;  /* of its first record; 0 while it has none */
  uint32_t generation; /* 0: free */
  uint32_t open;       /* bit i: record i waits for its acknowledgement */
  uint16_t top;        /* where the next record begins */
  uint16_t bottom;     /* where the lowest acknowledgement begins */
  uint8_t records;
  bool closed; /* takes no more records */
};

struct gw_ring {
  const struct gw_flash *flash;
  uint32_t sectors;
  uint32_t active;         /* sector that takes records */
  uint32_t newest_sector;  /* sector of the newest record */
  uint64_t newest_seq;     /* 0: no record */
  uint32_t generation;     /* highest in use */
  uint32_t lost;           /* unacknowledged records erased since power-on */
  struct gw_ring_sector sector[GW_RING_SECTORS_MAX];
};

/* Reads the partition and repairs nothing: it only finds out what is valid. GW_E_ARGUMENT for an unusable geometry. */
enum gw_status gw_ring_mount(struct gw_ring *ring, const struct gw_flash *flash);

/* Stores a record; durable when it returns GW_OK. `seq` must be above `newest_seq`. */
enum gw_status gw_ring_append(struct gw_ring *ring, uint64_t seq, const uint8_t *bytes, size_t len);

/* The newest unacknowledged record below `below_seq` (UINT64_MAX: of all). GW_E_NONE when there is none. */
enum gw_status gw_ring_next(const struct gw_ring *ring, uint64_t below_seq, uint64_t *seq,
                            uint8_t *bytes, size_t max, size_t *len);

/* The newest record, acknowledged or not. GW_E_NONE in an empty ring. */
enum gw_status gw_ring_newest(const struct gw_ring *ring, uint8_t *bytes, size_t max, size_t *len);

/* Marks a record as taken; `code` is kept beside it (0, or the portal's final refusal). Twice is once. */
enum gw_status gw_ring_acknowledge(struct gw_ring *ring, uint64_t seq, uint8_t code);

/* Records that wait. */
uint32_t gw_ring_waiting(const struct gw_ring *ring);

#endif
