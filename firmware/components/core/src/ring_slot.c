#include "ring_slot.h"

#include "gw/crc.h"

#define NUMBER_BYTES 7u
#define CHECKED_BYTES 12u

static uint32_t checksum(const uint8_t bytes[SLOT_BYTES], const uint8_t *body, size_t len) {
  uint32_t crc = gw_crc32(0, bytes, CHECKED_BYTES);
  return len > 0 ? gw_crc32(crc, body, len) : crc;
}

void gw_slot_encode(const struct slot *slot, const uint8_t *body, uint8_t bytes[SLOT_BYTES]) {
  for (size_t i = 0; i < NUMBER_BYTES; i++) bytes[i] = (uint8_t)(slot->number >> (8 * i));
  bytes[7] = (uint8_t)slot->type;
  bytes[8] = (uint8_t)(slot->len & 0xffu);
  bytes[9] = (uint8_t)(slot->len >> 8);
  bytes[10] = slot->index;
  bytes[11] = slot->code;
  uint32_t crc = checksum(bytes, body, slot->len);
  for (size_t i = 0; i < 4; i++) bytes[CHECKED_BYTES + i] = (uint8_t)(crc >> (8 * i));
}

struct slot gw_slot_decode(const uint8_t bytes[SLOT_BYTES]) {
  struct slot slot = {.type = (enum slot_type)bytes[7], .index = bytes[10], .code = bytes[11]};
  for (size_t i = 0; i < NUMBER_BYTES; i++) slot.number |= (uint64_t)bytes[i] << (8 * i);
  slot.len = (uint16_t)(bytes[8] | bytes[9] << 8);
  return slot;
}

bool gw_slot_holds(const uint8_t bytes[SLOT_BYTES], const uint8_t *body) {
  uint32_t crc = checksum(bytes, body, gw_slot_decode(bytes).len);
  for (size_t i = 0; i < 4; i++)
    if (bytes[CHECKED_BYTES + i] != (uint8_t)(crc >> (8 * i))) return false;
  return true;
}
