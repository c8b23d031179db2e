#include "gw/meter_pzem.h"

#include "gw/crc.h"

#include <string.h>

#define PERIOD_MS 5000
#define FUNCTION 0x04
#define DATA_BYTES 20

/* To the general address, which every PZEM answers; the checksum is part of the constant. */
static const uint8_t QUERY[8] = {0xf8, 0x04, 0x00, 0x00, 0x00, 0x0a, 0x64, 0x64};

static int64_t u16(const uint8_t *registers, size_t index) {
  return registers[2 * index] << 8 | registers[2 * index + 1];
}

/* 32-bit values come low word first. */
static int64_t u32(const uint8_t *registers, size_t index) {
  return u16(registers, index) | u16(registers, index + 1) << 16;
}

static void take_sample(struct gw_pzem *pzem, int64_t now_ms) {
  const uint8_t *registers = pzem->frame + 3;
  pzem->sample = (struct gw_measurement){
      .has = GW_HAS_VOLTAGE | GW_HAS_CURRENT | GW_HAS_POWER | GW_HAS_ENERGY_IMPORT | GW_HAS_FREQUENCY,
      .voltage_mv = u16(registers, 0) * 100,
      .current_ma = u32(registers, 1),
      .power_w = (u32(registers, 3) + 5) / 10,
      .energy_import_wh = u32(registers, 5),
      .frequency_mhz = u16(registers, 7) * 100};
  gw_meter_limit(&pzem->sample);
  pzem->has_sample = true;
  pzem->sampled_at_ms = now_ms;
}

static bool begins_frame(const struct gw_pzem *pzem) {
  if (pzem->got > 1 && pzem->frame[1] != FUNCTION) return false;
  return pzem->got <= 2 || pzem->frame[2] == DATA_BYTES;
}

static bool checksum_holds(const struct gw_pzem *pzem) {
  uint16_t crc = gw_crc16_modbus(pzem->frame, GW_PZEM_FRAME_BYTES - 2);
  return pzem->frame[GW_PZEM_FRAME_BYTES - 2] == (crc & 0xff) && pzem->frame[GW_PZEM_FRAME_BYTES - 1] == crc >> 8;
}

/* Forgets the first byte and what follows it that cannot begin a frame. */
static void resynchronise(struct gw_pzem *pzem) {
  do {
    pzem->got--;
    memmove(pzem->frame, pzem->frame + 1, pzem->got);
  } while (pzem->got > 0 && !begins_frame(pzem));
}

static void take_byte(struct gw_pzem *pzem, uint8_t byte, int64_t now_ms) {
  pzem->frame[pzem->got++] = byte;
  if (!begins_frame(pzem)) {
    resynchronise(pzem);
  } else if (pzem->got == GW_PZEM_FRAME_BYTES) {
    if (checksum_holds(pzem)) {
      take_sample(pzem, now_ms);
      pzem->got = 0;
    } else {
      resynchronise(pzem);
    }
  }
}

static void step(void *ctx, int64_t now_ms) {
  struct gw_pzem *pzem = ctx;
  uint8_t bytes[32];
  size_t count = 0;
  while ((count = pzem->uart->read(pzem->uart->ctx, bytes, sizeof bytes)) > 0)
    for (size_t i = 0; i < count; i++) take_byte(pzem, bytes[i], now_ms);
  if (now_ms < pzem->ask_at_ms) return;
  pzem->got = 0;
  (void)pzem->uart->write(pzem->uart->ctx, QUERY, sizeof QUERY);
  pzem->ask_at_ms = now_ms + PERIOD_MS;
}

static bool latest(void *ctx, struct gw_measurement *sample, int64_t *sampled_at_ms) {
  const struct gw_pzem *pzem = ctx;
  *sample = pzem->sample;
  *sampled_at_ms = pzem->sampled_at_ms;
  return pzem->has_sample;
}

void gw_pzem_init(struct gw_pzem *pzem, const struct gw_stream *uart, struct gw_meter *meter) {
  *pzem = (struct gw_pzem){.uart = uart};
  *meter = (struct gw_meter){pzem, step, latest};
}
