/* Checksums against accidents, never against people. */
#ifndef GW_CRC_H
#define GW_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-16/MODBUS: polynomial 0xA001 reflected, start 0xFFFF. On the wire the low byte comes first. */
uint16_t gw_crc16_modbus(const uint8_t *bytes, size_t len);

/* CRC-32 of IEEE 802.3. `before` is 0, or the checksum of what came before. */
uint32_t gw_crc32(uint32_t before, const uint8_t *bytes, size_t len);

#endif
