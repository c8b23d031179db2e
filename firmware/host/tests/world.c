#include "tests/world.h"

#include "gw/cbor.h"
#include "tests/test.h"

#include <string.h>

#define PULSE_MS 10
#define LATENCY_MS 3000

struct world world;

static enum gw_status kv_get(void *ctx, const char *key, uint8_t *bytes, size_t max, size_t *len) {
  (void)ctx;
  if (strcmp(key, "alive") != 0 || !world.has_alive) return GW_E_NONE;
  CHECK(max >= sizeof world.alive);
  memcpy(bytes, world.alive, sizeof world.alive);
  *len = sizeof world.alive;
  return GW_OK;
}

/* Power may fail before or after an atomic operation, not within. */
static void atomic_operation(void (*apply)(const void *), const void *with) {
  struct nor *nor = &world.nor;
  nor->operations++;
  bool cut = nor->operations == nor->cut_at;
  if (!cut || nor->tear != 0) apply(with);
  if (cut) longjmp(nor->power_failed, 1);
}

static void apply_alive(const void *bytes) {
  memcpy(world.alive, bytes, sizeof world.alive);
  world.has_alive = true;
}

static enum gw_status kv_set(void *ctx, const char *key, const uint8_t *bytes, size_t len) {
  (void)ctx;
  CHECK(strcmp(key, "alive") == 0 && len == sizeof world.alive);
  atomic_operation(apply_alive, bytes);
  return GW_OK;
}

static bool mains_present(int64_t at_ms) {
  for (size_t i = 0; i < world.outages_count; i++)
    if (at_ms >= world.outages[i].from_ms && at_ms < world.outages[i].until_ms) return false;
  return true;
}

static size_t mains_take(void *ctx, int64_t *pulse_ms, size_t max) {
  size_t count = 0;
  (void)ctx;
  for (; world.next_pulse_ms <= world.now_ms && count < max; world.next_pulse_ms += PULSE_MS)
    if (mains_present(world.next_pulse_ms)) pulse_ms[count++] = world.next_pulse_ms - world.booted_at_ms;
  return count;
}

static enum gw_status se_serial(void *ctx, uint8_t serial[GW_SERIAL_BYTES]) {
  static const uint8_t own[GW_SERIAL_BYTES] = {0x01, 0x23, 0x55, 0xc3, 0x6c, 0xee, 0x79, 0x1d, 0xee};
  (void)ctx;
  memcpy(serial, own, sizeof own);
  return GW_OK;
}

static enum gw_status se_sign(void *ctx, const uint8_t *digest, uint8_t *signature) {
  (void)ctx;
  memcpy(signature, digest, GW_HASH_BYTES);
  memcpy(signature + GW_HASH_BYTES, digest, GW_HASH_BYTES);
  return GW_OK;
}

static void apply_step(const void *by) { world.counter += *(const uint32_t *)by; }

static enum gw_status se_step(void *ctx, uint32_t *value) {
  static const uint32_t one = 1;
  (void)ctx;
  atomic_operation(apply_step, &one);
  *value = world.counter;
  return GW_OK;
}

static enum gw_reset_cause board_cause(void *ctx) {
  (void)ctx;
  return world.cause;
}

static void board_feed(void *ctx) {
  (void)ctx;
  world.watchdog_fed++;
}

const struct world_kept *world_find(uint64_t seq) {
  for (size_t i = 0; i < world.kept_count; i++)
    if (world.kept[i].seq == seq) return &world.kept[i];
  return NULL;
}

static enum gw_outcome keep(const struct gw_message *message) {
  struct gw_record_view view;
  EQUAL(GW_OK, gw_record_view(message->bytes, message->len, &view));
  const struct world_kept *known = world_find(view.seq);
  if (known) {
    /* Another content under a known number would be equivocation. */
    EQUAL(known->payload_len, view.payload_len);
    SAME_BYTES(known->payload, view.payload, view.payload_len);
    return GW_OUTCOME_DUPLICATE;
  }
  CHECK(world.kept_count < WORLD_KEPT_MAX);
  struct world_kept *kept = &world.kept[world.kept_count++];
  *kept = (struct world_kept){.seq = view.seq, .timestamp_s = view.timestamp_s, .power = view.power, .reason = view.reason, .payload_len = view.payload_len};
  memcpy(kept->payload, view.payload, view.payload_len);
  return GW_OUTCOME_ACCEPTED;
}

static enum gw_status up_submit(void *ctx, int64_t now_ms, const struct gw_submission *submission) {
  struct gw_record_view view;
  (void)ctx;
  (void)now_ms;
  CHECK(!world.is_pending && submission->count > 0 && world.submissions_count < WORLD_SUBMISSIONS_MAX);
  CHECK(!submission->last_gasp || submission->count == 1);
  EQUAL(GW_OK, gw_record_view(submission->messages[0].bytes, submission->messages[0].len, &view));
  world.submissions[world.submissions_count++] =
      (struct world_submission){view.seq, submission->count, world.now_ms, submission->last_gasp};
  world.pending = *submission;
  world.is_pending = true;
  world.answer_at_ms = world.now_ms + LATENCY_MS;
  return GW_OK;
}

static struct gw_result answer_to(const struct gw_message *message) {
  struct gw_record_view view;
  EQUAL(GW_OK, gw_record_view(message->bytes, message->len, &view));
  if (world.now_ms >= world.portal_away.from_ms && world.now_ms < world.portal_away.until_ms)
    return (struct gw_result){.outcome = GW_OUTCOME_RETRY_LATER};
  if (world.refuse_with != GW_REJECT_NONE && (world.refuse_seq == 0 || world.refuse_seq == view.seq))
    return (struct gw_result){.outcome = GW_OUTCOME_REJECTED, .code = world.refuse_with};
  return (struct gw_result){.outcome = keep(message)};
}

static bool up_poll(void *ctx, int64_t now_ms, struct gw_result *results) {
  (void)ctx;
  if (world.now_ms >= world.time_known_at_ms && !world.clock.is_set)
    EQUAL(GW_OK, gw_clock_offer(&world.clock, now_ms, GW_CLOCK_NITZ, WORLD_EPOCH_MS + world.now_ms));
  if (!world.is_pending || world.now_ms < world.answer_at_ms) return false;
  for (size_t i = 0; i < world.pending.count; i++) results[i] = answer_to(&world.pending.messages[i]);
  world.is_pending = false;
  return true;
}

static void up_cancel(void *ctx, int64_t now_ms) {
  (void)ctx;
  (void)now_ms;
  world.is_pending = false;
}

static int64_t up_wake(void *ctx, int64_t now_ms) {
  (void)ctx;
  return world.is_pending ? now_ms + (world.answer_at_ms - world.now_ms) : INT64_MAX;
}

static const struct gw_kv kv = {NULL, kv_get, kv_set};
static const struct gw_mains mains = {NULL, mains_take};
static const struct gw_secure_element element = {NULL, se_serial, se_sign, se_step, NULL};
static const struct gw_board board = {.reset_cause = board_cause, .feed_watchdog = board_feed};
static const struct gw_uplink uplink = {NULL, 4, 850, up_submit, up_poll, up_cancel, up_wake, NULL};
static const struct gw_agent_ports ports = {
    .log_flash = &world.nor.port, .kv = &kv, .mains = &mains, .element = &element, .board = &board, .uplink = &uplink, .clock = &world.clock};

void world_begin(void) {
  memset(&world, 0, sizeof world);
  nor_init(&world.nor, 16384, 1024);
  world.settings = (struct gw_settings){.heartbeat_s = 900, .declare_ms = 2000, .spread_s = 30};
  world.settings.place = (struct gw_place){.is_public = true, .latitude_e6 = 25594100, .longitude_e6 = 85137600};
}

void world_boot(enum gw_reset_cause cause) {
  world.cause = cause;
  world.booted_at_ms = world.now_ms;
  world.next_pulse_ms = world.now_ms;
  world.is_pending = false;
  gw_clock_init(&world.clock, NULL, 0);
  EQUAL(GW_OK, gw_agent_init(&world.agent, &ports, &world.settings, "1.0.0", 0));
}

void world_run(int64_t until_ms) {
  while (world.now_ms < until_ms) {
    int64_t now_ms = world.now_ms - world.booted_at_ms;
    int64_t wake_ms = gw_agent_step(&world.agent, now_ms);
    world.now_ms += wake_ms > now_ms ? wake_ms - now_ms : 1;
  }
}

void world_outage(int64_t from_ms, int64_t until_ms) {
  CHECK(world.outages_count < WORLD_OUTAGES_MAX);
  world.outages[world.outages_count++] = (struct world_interval){from_ms, until_ms};
}

/* The `previous` member of a payload; false when it has none. Keys stand in ascending order, previous is 16. */
static bool previous_of(const struct world_kept *kept, uint8_t hash[GW_HASH_BYTES]) {
  struct gw_cbor_reader reader;
  gw_cbor_reader_init(&reader, kept->payload, kept->payload_len);
  for (uint64_t left = gw_cbor_take_head(&reader, GW_CBOR_MAP); left > 0; left--) {
    int64_t key = gw_cbor_take_int(&reader);
    if (key == 16) {
      gw_cbor_take_exact(&reader, hash, GW_HASH_BYTES);
      return reader.status == GW_OK;
    }
    if (key == 17) return false;
    gw_cbor_take_int(&reader);
  }
  return false;
}

void world_check_numbering(void) {
  uint64_t below = 0;
  const struct world_kept *before = NULL;
  for (size_t n = 0; n < world.kept_count; n++) {
    const struct world_kept *next = NULL;
    uint8_t previous[GW_HASH_BYTES];
    uint8_t expected[GW_HASH_BYTES];
    for (size_t i = 0; i < world.kept_count; i++)
      if (world.kept[i].seq > below && (!next || world.kept[i].seq < next->seq)) next = &world.kept[i];
    CHECK(next != NULL);
    if (!before || next->seq != before->seq + 1) EQUAL(GW_REASON_BOOT, next->reason);
    EQUAL(before != NULL, previous_of(next, previous));
    if (before) {
      gw_record_hash(before->payload, before->payload_len, expected);
      SAME_BYTES(expected, previous, GW_HASH_BYTES);
    }
    before = next;
    below = next->seq;
  }
}
