#include "tests/nor.h"

#include "tests/test.h"

#include <string.h>

#define BLOCK 16u

static uint32_t torn_length(unsigned tear, uint32_t len) {
  const uint32_t lengths[NOR_TEARS] = {0, 1, len / 2, len - 1, len};
  return lengths[tear];
}

static enum gw_status nor_read(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  struct nor *nor = ctx;
  CHECK(offset + len <= nor->port.size_bytes);
  memcpy(bytes, nor->cells + offset, len);
  return GW_OK;
}

static enum gw_status nor_write(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  struct nor *nor = ctx;
  CHECK(offset % BLOCK == 0 && len % BLOCK == 0 && offset + len <= nor->port.size_bytes);
  /* The block of encrypted flash is written once between erases. */
  for (uint32_t i = 0; i < len; i++) CHECK(nor->cells[offset + i] == 0xff);
  nor->operations++;
  nor->erasing = false;
  if (nor->operations == nor->fail_at && !nor->fails_late) return GW_E_IO;
  bool cut = nor->operations == nor->cut_at;
  uint32_t done = cut ? torn_length(nor->tear, len) : len;
  for (uint32_t i = 0; i < done; i++) nor->cells[offset + i] &= bytes[i];
  if (cut) longjmp(nor->power_failed, 1);
  return nor->operations == nor->fail_at ? GW_E_IO : GW_OK;
}

static enum gw_status nor_erase(void *ctx, uint32_t offset) {
  struct nor *nor = ctx;
  uint32_t len = nor->port.sector_bytes;
  CHECK(offset % len == 0 && offset < nor->port.size_bytes);
  nor->operations++;
  nor->erasing = true;
  if (nor->operations == nor->fail_at) return GW_E_IO;
  bool cut = nor->operations == nor->cut_at;
  uint32_t done = cut ? torn_length(nor->tear, len) : len;
  /* A torn erase may begin at either end; odd operations erase from the back. */
  bool from_back = cut && nor->operations % 2 == 1;
  memset(nor->cells + offset + (from_back ? len - done : 0), 0xff, done);
  if (cut) longjmp(nor->power_failed, 1);
  nor->erases[offset / len]++;
  return GW_OK;
}

static enum gw_status nor_blank(void *ctx, uint32_t offset, uint32_t len, bool *is_blank) {
  struct nor *nor = ctx;
  CHECK(offset + len <= nor->port.size_bytes);
  *is_blank = true;
  for (uint32_t i = 0; i < len; i++)
    if (nor->cells[offset + i] != 0xff) *is_blank = false;
  return GW_OK;
}

void nor_init(struct nor *nor, uint32_t size_bytes, uint32_t sector_bytes) {
  memset(nor, 0, sizeof *nor);
  memset(nor->cells, 0xff, sizeof nor->cells);
  CHECK(size_bytes <= NOR_BYTES_MAX);
  nor->port = (struct gw_flash){nor, size_bytes, sector_bytes, nor_read, nor_write, nor_erase, nor_blank};
}
