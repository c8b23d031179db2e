#include "gw/ring.h"

#include "ring_sector.h"

#include <string.h>

#define SECTORS_MIN 3u
#define SECTOR_BYTES_MIN 1024u
#define SECTOR_BYTES_MAX 32768u
#define SPARE_ACKNOWLEDGEMENTS 2u /* of a sector, for torn ones */
#define APPEND_ATTEMPTS 3 /* a sector that fails is left behind, and the next one tried */
#define NO_SECTOR UINT32_MAX

enum gw_status gw_ring_mount(struct gw_ring *ring, const struct gw_flash *flash) {
  memset(ring, 0, sizeof *ring);
  ring->flash = flash;
  if (flash->sector_bytes < SECTOR_BYTES_MIN || flash->sector_bytes > SECTOR_BYTES_MAX ||
      flash->sector_bytes % SLOT_BYTES != 0)
    return GW_E_ARGUMENT;
  ring->sectors = flash->size_bytes / flash->sector_bytes;
  if (ring->sectors > GW_RING_SECTORS_MAX) ring->sectors = GW_RING_SECTORS_MAX;
  if (ring->sectors < SECTORS_MIN) return GW_E_ARGUMENT;
  for (uint32_t i = 0; i < ring->sectors; i++) {
    uint64_t last_seq = 0;
    if (gw_sector_mount(flash, i, &ring->sector[i], &last_seq) != GW_OK) return GW_E_IO;
    if (ring->sector[i].generation > ring->generation) {
      ring->generation = ring->sector[i].generation;
      ring->active = i;
    }
    if (last_seq > ring->newest_seq) {
      ring->newest_seq = last_seq;
      ring->newest_sector = i;
    }
  }
  return GW_OK;
}

static unsigned count_bits(uint32_t bits) {
  unsigned count = 0;
  for (; bits != 0; bits &= bits - 1) count++;
  return count;
}

static bool takes(const struct gw_ring *ring, uint32_t number, uint32_t len) {
  const struct gw_ring_sector *s = &ring->sector[number];
  if (s->generation == 0 || s->closed || s->records == GW_RING_SECTOR_RECORDS_MAX) return false;
  uint32_t acknowledgements = SLOT_BYTES * (count_bits(s->open) + 1u + SPARE_ACKNOWLEDGEMENTS);
  return s->top + SLOT_BYTES + gw_padded(len) + acknowledgements <= s->bottom;
}

/* A free sector that could not be erased stays closed and is left alone until the next mount. */
static bool is_broken(const struct gw_ring_sector *s) { return s->generation == 0 && s->closed; }

static bool is_better(const struct gw_ring_sector *candidate, const struct gw_ring_sector *best) {
  if ((candidate->open == 0) != (best->open == 0)) return candidate->open == 0;
  return candidate->generation < best->generation; /* free is 0, then the oldest */
}

static uint32_t choose_sector(const struct gw_ring *ring) {
  uint32_t best = NO_SECTOR;
  for (uint32_t step = 1; step <= ring->sectors; step++) {
    uint32_t i = (ring->active + step) % ring->sectors;
    if (is_broken(&ring->sector[i]) || (ring->newest_seq != 0 && i == ring->newest_sector)) continue;
    if (best == NO_SECTOR || is_better(&ring->sector[i], &ring->sector[best])) best = i;
  }
  return best;
}

static enum gw_status erase_unless_blank(const struct gw_flash *flash, uint32_t start) {
  bool blank = false;
  if (flash->blank(flash->ctx, start, flash->sector_bytes, &blank) == GW_OK && blank) return GW_OK;
  return flash->erase(flash->ctx, start);
}

static enum gw_status open_sector(struct gw_ring *ring) {
  uint32_t number = choose_sector(ring);
  if (number == NO_SECTOR) return GW_E_IO;
  const struct gw_flash *flash = ring->flash;
  struct gw_ring_sector *s = &ring->sector[number];
  uint8_t head[SLOT_BYTES];
  struct slot slot = {.number = ring->generation + UINT64_C(1), .type = SLOT_SECTOR};
  uint32_t start = number * flash->sector_bytes;
  ring->lost += count_bits(s->open);
  *s = (struct gw_ring_sector){.top = SLOT_BYTES, .bottom = (uint16_t)flash->sector_bytes, .closed = true};
  gw_slot_encode(&slot, NULL, head);
  if (erase_unless_blank(flash, start) != GW_OK) return GW_E_IO;
  ring->generation++; /* used up even if the write fails: it may have reached the part */
  if (flash->write(flash->ctx, start, head, SLOT_BYTES) != GW_OK) return GW_E_IO;
  ring->active = number;
  s->generation = ring->generation;
  s->closed = false;
  return GW_OK;
}

static enum gw_status write_record(struct gw_ring *ring, uint64_t seq, const uint8_t *bytes, size_t len) {
  const struct gw_flash *flash = ring->flash;
  struct gw_ring_sector *s = &ring->sector[ring->active];
  uint8_t block[SLOT_BYTES + BODY_MAX] = {0};
  struct stored back;
  struct slot slot = {.number = seq, .type = SLOT_RECORD, .len = (uint16_t)len};
  uint32_t size = SLOT_BYTES + gw_padded((uint32_t)len);
  gw_slot_encode(&slot, bytes, block);
  memcpy(block + SLOT_BYTES, bytes, len);
  s->closed = true; /* until the record is read back */
  if (flash->write(flash->ctx, ring->active * flash->sector_bytes + s->top, block, size) != GW_OK) return GW_E_IO;
  if (gw_sector_record(flash, ring->active, s->top, &back) != GW_OK || back.seq != seq) return GW_E_IO;
  if (s->records == 0) s->first_seq = seq;
  s->open |= UINT32_C(1) << s->records;
  s->records++;
  s->top = (uint16_t)(s->top + size);
  s->closed = false;
  ring->newest_seq = seq;
  ring->newest_sector = ring->active;
  return GW_OK;
}

enum gw_status gw_ring_append(struct gw_ring *ring, uint64_t seq, const uint8_t *bytes, size_t len) {
  enum gw_status status = GW_E_IO;
  if (seq <= ring->newest_seq || len == 0 || len > GW_COSE_MAX) return GW_E_ARGUMENT;
  for (int attempt = 0; attempt < APPEND_ATTEMPTS; attempt++) {
    status = takes(ring, ring->active, (uint32_t)len) ? GW_OK : open_sector(ring);
    if (status == GW_OK) status = write_record(ring, seq, bytes, len);
    if (status == GW_OK) return GW_OK;
  }
  return status;
}

/* Walks the records of a sector; gives the newest open one below the bound. */
static enum gw_status find_open(const struct gw_ring *ring, uint32_t number, uint64_t below_seq,
                                struct stored *found) {
  const struct gw_ring_sector *s = &ring->sector[number];
  uint32_t at = SLOT_BYTES;
  uint32_t found_at = 0;
  for (uint8_t i = 0; i < s->records; i++) {
    if (gw_sector_record(ring->flash, number, at, found) != GW_OK || found->seq >= below_seq) break;
    if (s->open & UINT32_C(1) << i) found_at = at;
    at += SLOT_BYTES + gw_padded(found->len);
  }
  return found_at == 0 ? GW_E_NONE : gw_sector_record(ring->flash, number, found_at, found);
}

/* The youngest sector older than `generation` that has a record below the bound. */
static uint32_t older_sector(const struct gw_ring *ring, uint32_t generation, uint64_t below_seq) {
  uint32_t best = NO_SECTOR;
  for (uint32_t i = 0; i < ring->sectors; i++) {
    const struct gw_ring_sector *s = &ring->sector[i];
    if (s->records == 0 || s->first_seq >= below_seq || s->generation >= generation) continue;
    if (best == NO_SECTOR || s->generation > ring->sector[best].generation) best = i;
  }
  return best;
}

enum gw_status gw_ring_next(const struct gw_ring *ring, uint64_t below_seq, uint64_t *seq,
                            uint8_t *bytes, size_t max, size_t *len) {
  struct stored found;
  uint32_t i = older_sector(ring, UINT32_MAX, below_seq);
  for (; i != NO_SECTOR; i = older_sector(ring, ring->sector[i].generation, below_seq)) {
    if (ring->sector[i].open == 0 || find_open(ring, i, below_seq, &found) != GW_OK) continue;
    if (found.len > max) return GW_E_SPACE;
    memcpy(bytes, found.body, found.len);
    *len = found.len;
    *seq = found.seq;
    return GW_OK;
  }
  return GW_E_NONE;
}

enum gw_status gw_ring_newest(const struct gw_ring *ring, uint8_t *bytes, size_t max, size_t *len) {
  struct stored record;
  uint32_t at = SLOT_BYTES;
  if (ring->newest_seq == 0) return GW_E_NONE;
  for (uint8_t i = 0; i < ring->sector[ring->newest_sector].records; i++) {
    enum gw_status status = gw_sector_record(ring->flash, ring->newest_sector, at, &record);
    if (status != GW_OK) return status;
    at += SLOT_BYTES + gw_padded(record.len);
  }
  if (record.len > max) return GW_E_SPACE;
  memcpy(bytes, record.body, record.len);
  *len = record.len;
  return GW_OK;
}

static enum gw_status write_acknowledgement(struct gw_ring *ring, uint32_t number, uint8_t index,
                                            const struct slot *slot) {
  const struct gw_flash *flash = ring->flash;
  struct gw_ring_sector *s = &ring->sector[number];
  uint8_t head[SLOT_BYTES];
  s->open &= ~(UINT32_C(1) << index);
  /* No room after torn ones: remembered until the next power-on, then the portal calls it a duplicate. */
  if ((uint32_t)s->bottom - s->top < SLOT_BYTES) return GW_OK;
  s->bottom = (uint16_t)(s->bottom - SLOT_BYTES);
  gw_slot_encode(slot, NULL, head);
  return flash->write(flash->ctx, number * flash->sector_bytes + s->bottom, head, SLOT_BYTES);
}

static enum gw_status acknowledge_in(struct gw_ring *ring, uint32_t number, uint64_t seq, uint8_t code) {
  struct stored record;
  uint32_t at = SLOT_BYTES;
  for (uint8_t i = 0; i < ring->sector[number].records; i++) {
    if (gw_sector_record(ring->flash, number, at, &record) != GW_OK) return GW_E_IO;
    if (record.seq == seq) {
      struct slot slot = {.number = seq, .type = SLOT_ACKNOWLEDGEMENT, .index = i, .code = code};
      if (!(ring->sector[number].open & UINT32_C(1) << i)) return GW_OK;
      return write_acknowledgement(ring, number, i, &slot);
    }
    at += SLOT_BYTES + gw_padded(record.len);
  }
  return GW_E_NONE;
}

enum gw_status gw_ring_acknowledge(struct gw_ring *ring, uint64_t seq, uint8_t code) {
  enum gw_status status = GW_E_NONE;
  uint32_t number = older_sector(ring, UINT32_MAX, seq + 1);
  /* A write that failed may have left a good copy behind, in each sector that was tried. */
  for (int copy = 0; copy < APPEND_ATTEMPTS && number != NO_SECTOR; copy++) {
    enum gw_status found = acknowledge_in(ring, number, seq, code);
    if (status == GW_E_NONE || (found != GW_OK && found != GW_E_NONE)) status = found;
    number = older_sector(ring, ring->sector[number].generation, seq + 1);
  }
  return status;
}

uint32_t gw_ring_waiting(const struct gw_ring *ring) {
  uint32_t waiting = 0;
  for (uint32_t i = 0; i < ring->sectors; i++) waiting += count_bits(ring->sector[i].open);
  return waiting;
}
