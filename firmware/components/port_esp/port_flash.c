#include "port_esp.h"

#include "esp_partition.h"

#define PARTITION_TYPE ((esp_partition_type_t)0x40)
#define PARTITION_SUBTYPE ((esp_partition_subtype_t)0x01)
#define RAW_BYTES 256u

static enum gw_status flash_read(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  return esp_partition_read(ctx, offset, bytes, len) == ESP_OK ? GW_OK : GW_E_IO;
}

static enum gw_status flash_write(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  return esp_partition_write(ctx, offset, bytes, len) == ESP_OK ? GW_OK : GW_E_IO;
}

static enum gw_status flash_erase(void *ctx, uint32_t offset) {
  const esp_partition_t *partition = ctx;
  return esp_partition_erase_range(partition, offset, partition->erase_size) == ESP_OK ? GW_OK : GW_E_IO;
}

/* Erased flash reads as noise through the decryption, so it is looked at raw. */
static enum gw_status flash_blank(void *ctx, uint32_t offset, uint32_t len, bool *is_blank) {
  uint8_t raw[RAW_BYTES];
  *is_blank = true;
  while (len > 0 && *is_blank) {
    uint32_t part = len < RAW_BYTES ? len : RAW_BYTES;
    if (esp_partition_read_raw(ctx, offset, raw, part) != ESP_OK) return GW_E_IO;
    for (uint32_t i = 0; i < part; i++)
      if (raw[i] != 0xff) *is_blank = false;
    offset += part;
    len -= part;
  }
  return GW_OK;
}

enum gw_status port_flash_open(struct gw_flash *flash) {
  const esp_partition_t *partition = esp_partition_find_first(PARTITION_TYPE, PARTITION_SUBTYPE, "ring");
  if (!partition) return GW_E_NONE;
  *flash = (struct gw_flash){.ctx = (void *)partition,
                             .size_bytes = partition->size,
                             .sector_bytes = partition->erase_size,
                             .read = flash_read,
                             .write = flash_write,
                             .erase = flash_erase,
                             .blank = flash_blank};
  return GW_OK;
}
