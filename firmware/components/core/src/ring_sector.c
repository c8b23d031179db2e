#include "ring_sector.h"

#include <string.h>

enum gw_status gw_sector_record(const struct gw_flash *flash, uint32_t number, uint32_t at,
                                struct stored *record) {
  uint8_t head[SLOT_BYTES];
  uint32_t start = number * flash->sector_bytes;
  if (at + SLOT_BYTES > flash->sector_bytes) return GW_E_NONE;
  if (flash->read(flash->ctx, start + at, head, SLOT_BYTES) != GW_OK) return GW_E_IO;
  struct slot slot = gw_slot_decode(head);
  if (slot.type != SLOT_RECORD || slot.len == 0 || slot.len > GW_COSE_MAX) return GW_E_NONE;
  if (at + SLOT_BYTES + gw_padded(slot.len) > flash->sector_bytes) return GW_E_NONE;
  if (flash->read(flash->ctx, start + at + SLOT_BYTES, record->body, gw_padded(slot.len)) != GW_OK) return GW_E_IO;
  if (!gw_slot_holds(head, record->body)) return GW_E_NONE;
  record->seq = slot.number;
  record->len = slot.len;
  record->at = at;
  return GW_OK;
}

static enum gw_status mount_records(const struct gw_flash *flash, uint32_t number,
                                    struct gw_ring_sector *sector, uint64_t *last_seq) {
  struct stored record;
  while (sector->records < GW_RING_SECTOR_RECORDS_MAX) {
    enum gw_status status = gw_sector_record(flash, number, sector->top, &record);
    if (status == GW_E_IO) return status;
    if (status != GW_OK || record.seq <= *last_seq) break;
    if (sector->records == 0) sector->first_seq = record.seq;
    sector->open |= UINT32_C(1) << sector->records;
    sector->records++;
    sector->top = (uint16_t)(sector->top + SLOT_BYTES + gw_padded(record.len));
    *last_seq = record.seq;
  }
  return GW_OK;
}

static enum gw_status mount_acknowledgements(const struct gw_flash *flash, uint32_t number,
                                             struct gw_ring_sector *sector) {
  uint32_t start = number * flash->sector_bytes;
  while (sector->bottom >= sector->top + SLOT_BYTES) {
    uint32_t at = sector->bottom - SLOT_BYTES;
    uint8_t head[SLOT_BYTES];
    bool blank = false;
    if (flash->blank(flash->ctx, start + at, SLOT_BYTES, &blank) != GW_OK) return GW_E_IO;
    if (blank) break;
    if (flash->read(flash->ctx, start + at, head, SLOT_BYTES) != GW_OK) return GW_E_IO;
    struct slot slot = gw_slot_decode(head);
    sector->bottom = (uint16_t)at;
    if (slot.type == SLOT_ACKNOWLEDGEMENT && slot.len == 0 && gw_slot_holds(head, NULL) &&
        slot.index < sector->records)
      sector->open &= ~(UINT32_C(1) << slot.index);
  }
  return GW_OK;
}

enum gw_status gw_sector_mount(const struct gw_flash *flash, uint32_t number,
                               struct gw_ring_sector *sector, uint64_t *last_seq) {
  uint8_t head[SLOT_BYTES];
  uint32_t start = number * flash->sector_bytes;
  bool clean = false;
  *sector = (struct gw_ring_sector){.top = SLOT_BYTES, .bottom = (uint16_t)flash->sector_bytes};
  *last_seq = 0;
  if (flash->read(flash->ctx, start, head, SLOT_BYTES) != GW_OK) return GW_E_IO;
  struct slot slot = gw_slot_decode(head);
  if (slot.type != SLOT_SECTOR || slot.len != 0 || slot.number == 0 || slot.number > UINT32_MAX ||
      !gw_slot_holds(head, NULL))
    return GW_OK;
  sector->generation = (uint32_t)slot.number;
  if (mount_records(flash, number, sector, last_seq) != GW_OK) return GW_E_IO;
  if (mount_acknowledgements(flash, number, sector) != GW_OK) return GW_E_IO;
  uint32_t between = (uint32_t)sector->bottom - sector->top;
  if (between > 0 && flash->blank(flash->ctx, start + sector->top, between, &clean) != GW_OK) return GW_E_IO;
  sector->closed = !clean;
  return GW_OK;
}
