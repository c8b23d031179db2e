#include "gw/crc.h"

uint16_t gw_crc16_modbus(const uint8_t *bytes, size_t len) {
  uint32_t crc = 0xffffu;
  for (size_t i = 0; i < len; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc & 1u) ? (crc >> 1) ^ 0xa001u : crc >> 1;
  }
  return (uint16_t)crc;
}

uint32_t gw_crc32(uint32_t before, const uint8_t *bytes, size_t len) {
  uint32_t crc = ~before;
  for (size_t i = 0; i < len; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc & 1u) ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}
