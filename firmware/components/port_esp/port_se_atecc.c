#include "port_esp.h"

#include "cryptoauthlib.h"

#define KEY_SLOT 0
#define COUNTER_ID 0     /* slot 0 must not be "limited use": its configuration ties that to this counter */
#define COUNTER_MAX 2097151u
#define ADDRESS 0xC0     /* 8-bit form, TrustCUSTOM */
#define WAKE_DELAY_US 1500
#define RETRIES 20

static ATCAIfaceCfg bus;

enum gw_status port_se_open(uint32_t bus_hz) {
  bus = (ATCAIfaceCfg){.iface_type = ATCA_I2C_IFACE, .devtype = ATECC608};
  bus.atcai2c.address = ADDRESS;
  bus.atcai2c.bus = 0;
  bus.atcai2c.baud = bus_hz;
  bus.wake_delay = WAKE_DELAY_US;
  bus.rx_retries = RETRIES;
  return atcab_init(&bus) == ATCA_SUCCESS ? GW_OK : GW_E_IO;
}

/* Every session ends with sleep: the element's own watchdog would end it in the middle of the next otherwise. */
static enum gw_status asleep_after(ATCA_STATUS status) {
  (void)atcab_sleep();
  return status == ATCA_SUCCESS ? GW_OK : GW_E_IO;
}

static enum gw_status serial(void *ctx, uint8_t number[GW_SERIAL_BYTES]) {
  (void)ctx;
  return asleep_after(atcab_read_serial_number(number));
}

/* Either half of the curve may come out as s; the portal takes both. */
static enum gw_status sign(void *ctx, const uint8_t digest[GW_HASH_BYTES], uint8_t signature[GW_SIGNATURE_BYTES]) {
  (void)ctx;
  return asleep_after(atcab_sign(KEY_SLOT, digest, signature));
}

static enum gw_status counter_step(void *ctx, uint32_t *value) {
  uint32_t before = 0;
  (void)ctx;
  if (asleep_after(atcab_counter_read(COUNTER_ID, &before)) != GW_OK) return GW_E_IO;
  if (before >= COUNTER_MAX) return GW_E_EXHAUSTED;
  return asleep_after(atcab_counter_increment(COUNTER_ID, value));
}

static enum gw_status public_key(void *ctx, uint8_t key[GW_PUBLIC_KEY_BYTES]) {
  (void)ctx;
  return asleep_after(atcab_get_pubkey(KEY_SLOT, key));
}

const struct gw_secure_element port_secure_element = {
    .serial = serial, .sign = sign, .counter_step = counter_step, .public_key = public_key};
