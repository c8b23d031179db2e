#include "port_esp.h"

#include "nvs.h"
#include "nvs_flash.h"

#define NAMESPACE "gridwitness"

static nvs_handle_t handle;

enum gw_status port_kv_open(void) {
  esp_err_t error = nvs_flash_init();
  if (error == ESP_ERR_NVS_NO_FREE_PAGES || error == ESP_ERR_NVS_NEW_VERSION_FOUND) {
    /* Holds settings, the alive mark and the progress of an update: all of it comes back by itself. */
    if (nvs_flash_erase() != ESP_OK) return GW_E_IO;
    error = nvs_flash_init();
  }
  if (error != ESP_OK) return GW_E_IO;
  return nvs_open(NAMESPACE, NVS_READWRITE, &handle) == ESP_OK ? GW_OK : GW_E_IO;
}

static enum gw_status get(void *ctx, const char *key, uint8_t *bytes, size_t max, size_t *len) {
  (void)ctx;
  *len = max;
  switch (nvs_get_blob(handle, key, bytes, len)) {
  case ESP_OK: return GW_OK;
  case ESP_ERR_NVS_NOT_FOUND: return GW_E_NONE;
  case ESP_ERR_NVS_INVALID_LENGTH: return GW_E_SPACE;
  default: return GW_E_IO;
  }
}

static enum gw_status set(void *ctx, const char *key, const uint8_t *bytes, size_t len) {
  (void)ctx;
  if (nvs_set_blob(handle, key, bytes, len) != ESP_OK) return GW_E_IO;
  return nvs_commit(handle) == ESP_OK ? GW_OK : GW_E_IO;
}

const struct gw_kv port_kv = {.get = get, .set = set};
