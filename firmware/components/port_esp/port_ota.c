#include "port_esp.h"

#include "esp_app_desc.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"

static const esp_partition_t *slot;
static esp_ota_handle_t update;
static bool is_open;

static uint32_t running_version(void *ctx) {
  (void)ctx;
  return esp_app_get_description()->secure_version;
}

static enum gw_status open_slot(void *ctx, uint32_t size_bytes, uint32_t resume_at) {
  (void)ctx;
  if (is_open) (void)esp_ota_abort(update);
  is_open = false;
  slot = esp_ota_get_next_update_partition(NULL);
  if (!slot || size_bytes > slot->size) return GW_E_SPACE;
  /* Sectors are erased as they are reached, so that a resumed download keeps what it has. */
  esp_err_t error = resume_at > 0 ? esp_ota_resume(slot, OTA_WITH_SEQUENTIAL_WRITES, resume_at, &update)
                                  : esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &update);
  is_open = error == ESP_OK;
  return is_open ? GW_OK : GW_E_IO;
}

static enum gw_status write_slot(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  (void)ctx;
  (void)offset; /* the core writes in order */
  return is_open && esp_ota_write(update, bytes, len) == ESP_OK ? GW_OK : GW_E_IO;
}

static enum gw_status read_slot(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  (void)ctx;
  return slot && esp_partition_read(slot, offset, bytes, len) == ESP_OK ? GW_OK : GW_E_IO;
}

/* esp_ota_end checks the image's own RSA signature once more where secure boot is on. */
static enum gw_status activate(void *ctx) {
  (void)ctx;
  if (!is_open) return GW_E_ARGUMENT;
  is_open = false;
  if (esp_ota_end(update) != ESP_OK) return GW_E_SIGNATURE;
  return esp_ota_set_boot_partition(slot) == ESP_OK ? GW_OK : GW_E_IO;
}

bool port_ota_unconfirmed(void) {
  esp_ota_img_states_t state;
  return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
         state == ESP_OTA_IMG_PENDING_VERIFY;
}

enum gw_status port_ota_confirm(void) {
  if (!port_ota_unconfirmed()) return GW_OK;
  return esp_ota_mark_app_valid_cancel_rollback() == ESP_OK ? GW_OK : GW_E_IO;
}

const struct gw_ota_sink port_ota_sink = {
    .running_version = running_version, .open = open_slot, .write = write_slot, .read = read_slot, .activate = activate};
