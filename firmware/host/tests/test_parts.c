#include "gw/clock.h"
#include "gw/power.h"
#include "gw/sched.h"
#include "gw/seq.h"
#include "tests/groups.h"

#define NOON_MS (INT64_C(1795262400) * 1000)

/* Pulses every 10 ms in [from, until); gives the last edge declared on the way. */
static bool mains(struct gw_power_fsm *fsm, int64_t from_ms, int64_t until_ms, struct gw_power_edge *edge) {
  bool any = false;
  struct gw_power_edge declared;
  for (int64_t t = from_ms; t < until_ms; t += 10) {
    if (!gw_power_pulse(fsm, t, &declared)) continue;
    *edge = declared;
    any = true;
  }
  return any;
}

static void edges_at_their_moment(void) {
  struct gw_power_fsm fsm;
  struct gw_power_edge edge;
  gw_power_init(&fsm, 2000, 0);
  CHECK(mains(&fsm, 500, 10000, &edge));
  CHECK(edge.is_first && edge.power == GW_POWER_ON);
  EQUAL(500, edge.at_ms);
  CHECK(!gw_power_step(&fsm, 11989, &edge));
  CHECK(gw_power_step(&fsm, 11990, &edge));
  CHECK(!edge.is_first && edge.power == GW_POWER_OFF);
  EQUAL(9990, edge.at_ms);
  CHECK(mains(&fsm, 60000, 65000, &edge));
  EQUAL(60000, edge.at_ms);
}

static void off_at_power_on(void) {
  struct gw_power_fsm fsm;
  struct gw_power_edge edge;
  gw_power_init(&fsm, 2000, 100);
  CHECK(!gw_power_step(&fsm, 2099, &edge));
  CHECK(gw_power_step(&fsm, 2100, &edge));
  CHECK(edge.is_first && edge.power == GW_POWER_OFF);
}

static void sags_and_noise(void) {
  struct gw_power_fsm fsm;
  struct gw_power_edge edge;
  gw_power_init(&fsm, 2000, 0);
  mains(&fsm, 0, 5000, &edge);
  CHECK(!mains(&fsm, 6500, 9000, &edge)); /* a sag of a second and a half */
  EQUAL(1, fsm.flaps);
  CHECK(gw_power_step(&fsm, 12000, &edge));
  for (int64_t t = 13000; t < 20000; t += 500) CHECK(!gw_power_pulse(&fsm, t, &edge)); /* single spikes while off */
  EQUAL(GW_POWER_OFF, fsm.declared);
}

/* Steps came late: a whole outage lies between two pulses of one batch. */
static void late_steps(void) {
  struct gw_power_fsm fsm;
  struct gw_power_edge edge;
  gw_power_init(&fsm, 2000, 0);
  mains(&fsm, 0, 5000, &edge);
  CHECK(gw_power_pulse(&fsm, 9000, &edge));
  EQUAL(GW_POWER_OFF, edge.power);
  EQUAL(4990, edge.at_ms);
}

static void flapping_slows_down(void) {
  struct gw_power_fsm fsm;
  struct gw_power_edge edge;
  int declared = 0;
  gw_power_init(&fsm, 2000, 0);
  for (int64_t t = 0; t < 3600000; t += 10) {
    bool on = t / 5000 % 2 == 0; /* five seconds on, five seconds off, for an hour */
    if (on ? gw_power_pulse(&fsm, t, &edge) : gw_power_step(&fsm, t, &edge)) declared++;
  }
  CHECK(declared < 40);
  int64_t calm_ms = 3600000;
  if (!mains(&fsm, calm_ms, calm_ms + 400000, &edge)) edge.power = fsm.declared;
  EQUAL(GW_POWER_ON, edge.power);
  CHECK(gw_power_step(&fsm, calm_ms + 402000, &edge)); /* as quick as ever again */
  EQUAL(calm_ms + 399990, edge.at_ms);
}

static const struct test power_tests[] = {
    {"declares a change after two seconds and dates it at the edge", edges_at_their_moment},
    {"finds out that there is no mains at power-on", off_at_power_on},
    {"passes over sags and spikes", sags_and_noise},
    {"sees an outage between two pulses though its steps came late", late_steps},
    {"slows down while the supply flaps, and recovers", flapping_slows_down},
};
TEST_GROUP(power, power_tests);

static void clock_refuses_nonsense(void) {
  struct gw_clock clock;
  int64_t epoch_ms = 0;
  gw_clock_init(&clock, NULL, 0);
  EQUAL(GW_E_RANGE, gw_clock_offer(&clock, 0, GW_CLOCK_NITZ, INT64_C(946684800000))); /* 2000-01-01 */
  CHECK(!gw_clock_epoch_ms(&clock, 0, &epoch_ms));
  EQUAL(GW_OK, gw_clock_offer(&clock, 5000, GW_CLOCK_NITZ, NOON_MS));
  CHECK(gw_clock_epoch_ms(&clock, 1000, &epoch_ms)); /* a moment before it was set */
  EQUAL(NOON_MS - 4000, epoch_ms);
}

static void clock_prefers_better(void) {
  struct gw_clock clock;
  gw_clock_init(&clock, NULL, 0);
  EQUAL(GW_OK, gw_clock_offer(&clock, 0, GW_CLOCK_SERVER, NOON_MS));
  EQUAL(GW_OK, gw_clock_offer(&clock, 1000, GW_CLOCK_NITZ, NOON_MS + 31000));
  EQUAL(NOON_MS, clock.offset_ms); /* half a minute off: the server's word stands */
  EQUAL(GW_OK, gw_clock_offer(&clock, 1000, GW_CLOCK_SERVER, NOON_MS + 2000));
  EQUAL(NOON_MS, clock.offset_ms); /* a second is the latency of an answer */
  EQUAL(GW_OK, gw_clock_offer(&clock, 1000, GW_CLOCK_SERVER, NOON_MS + 9000));
  EQUAL(NOON_MS + 8000, clock.offset_ms);
  EQUAL(GW_OK, gw_clock_offer(&clock, INT64_C(90000000), GW_CLOCK_NITZ, NOON_MS + INT64_C(90003000)));
  EQUAL(NOON_MS + 3000, clock.offset_ms); /* a day later any network is better than drift */
}

static void clock_wants_a_second_witness(void) {
  struct gw_clock clock;
  gw_clock_init(&clock, NULL, 0);
  EQUAL(GW_OK, gw_clock_offer(&clock, 0, GW_CLOCK_NITZ, NOON_MS));
  EQUAL(GW_E_BUSY, gw_clock_offer(&clock, 0, GW_CLOCK_NITZ, NOON_MS + 3600000));
  EQUAL(GW_E_BUSY, gw_clock_offer(&clock, 0, GW_CLOCK_NITZ, NOON_MS - 3600000)); /* another one */
  EQUAL(NOON_MS, clock.offset_ms);
  EQUAL(GW_OK, gw_clock_offer(&clock, 2000, GW_CLOCK_NITZ, NOON_MS - 3598000));
  EQUAL(NOON_MS - 3600000, clock.offset_ms);
}

static const struct test clock_tests[] = {
    {"refuses a time that is not set and dates moments before it was", clock_refuses_nonsense},
    {"prefers the better source until a day has passed", clock_prefers_better},
    {"believes a jump only when it is told twice", clock_wants_a_second_witness},
};
TEST_GROUP(clock, clock_tests);

static void feeder_spreads(void) {
  uint8_t serial[GW_SERIAL_BYTES] = {0x01, 0x23};
  unsigned minute[15] = {0};
  for (uint8_t i = 0; i < 150; i++) {
    serial[7] = i;
    minute[gw_sched_phase_ms(serial, 900000) / 60000]++;
  }
  for (size_t i = 0; i < 15; i++) CHECK(minute[i] > 0 && minute[i] < 30);
  EQUAL(1200, gw_sched_next(1000, 900, 300));
  EQUAL(2100, gw_sched_next(1200, 900, 300)); /* strictly after */
}

static void backoff_doubles(void) {
  const uint8_t serial[GW_SERIAL_BYTES] = {1};
  struct gw_backoff backoff;
  gw_backoff_init(&backoff, serial);
  int64_t limit_ms = GW_BACKOFF_FIRST_MS;
  for (int i = 0; i < 40; i++) {
    gw_backoff_failed(&backoff, 0, 0);
    CHECK(backoff.not_before_ms <= limit_ms && backoff.not_before_ms > limit_ms - limit_ms / 4 - 1);
    limit_ms = limit_ms * 2 < GW_BACKOFF_MAX_MS ? limit_ms * 2 : GW_BACKOFF_MAX_MS;
  }
  gw_backoff_failed(&backoff, 0, 7200);
  EQUAL(7200000, backoff.not_before_ms); /* the server asked for more */
  gw_backoff_succeeded(&backoff);
  gw_backoff_failed(&backoff, 0, 0);
  CHECK(backoff.not_before_ms <= GW_BACKOFF_FIRST_MS);
}

static const struct test sched_tests[] = {
    {"gives the devices of a feeder moments of their own", feeder_spreads},
    {"doubles the wait to half an hour, or what the server asks", backoff_doubles},
};
TEST_GROUP(sched, sched_tests);

static uint32_t counter;
static enum gw_status counter_answer;

static enum gw_status step_counter(void *ctx, uint32_t *value) {
  (void)ctx;
  if (counter_answer == GW_OK) counter++;
  *value = counter;
  return counter_answer;
}

static const struct gw_secure_element counting = {.counter_step = step_counter};

static void numbers_of_a_boot(void) {
  struct gw_seq seq;
  uint64_t number = 0;
  bool skips = false;
  counter = 6;
  counter_answer = GW_OK;
  gw_seq_init(&seq, &counting, (UINT64_C(6) << 20) + 41);
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips));
  EQUAL(UINT64_C(7) << 20, number);
  CHECK(skips);
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips)); /* not taken: the same again, and still a gap */
  EQUAL(UINT64_C(7) << 20, number);
  CHECK(skips);
  gw_seq_taken(&seq, number);
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips));
  EQUAL((UINT64_C(7) << 20) + 1, number);
  CHECK(!skips);
  EQUAL(7, counter); /* once a boot */
}

static void numbers_run_over(void) {
  struct gw_seq seq;
  uint64_t number = 0;
  bool skips = true;
  counter = 7;
  counter_answer = GW_OK;
  gw_seq_init(&seq, &counting, (UINT64_C(8) << 20) - 2);
  seq.stepped = true;
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips));
  gw_seq_taken(&seq, number);
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips));
  EQUAL(UINT64_C(8) << 20, number);
  CHECK(!skips);
  EQUAL(8, counter);
}

static void element_in_trouble(void) {
  struct gw_seq seq;
  uint64_t number = 0;
  bool skips = true;
  counter_answer = GW_E_IO;
  gw_seq_init(&seq, &counting, 100);
  EQUAL(GW_E_IO, gw_seq_next(&seq, &number, &skips));
  counter_answer = GW_E_EXHAUSTED;
  EQUAL(GW_OK, gw_seq_next(&seq, &number, &skips));
  EQUAL(101, number);
  CHECK(!skips);
}

static const struct test seq_tests[] = {
    {"begins each boot with a step of the element's counter", numbers_of_a_boot},
    {"goes on without a gap when a boot has used up its numbers", numbers_run_over},
    {"gives no number while the element is silent, and goes on when it is worn out", element_in_trouble},
};
TEST_GROUP(seq, seq_tests);
