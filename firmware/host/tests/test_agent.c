#include "tests/groups.h"
#include "tests/world.h"

#include <string.h>

#define MINUTES INT64_C(60000)
#define HOURS (60 * MINUTES)
#define FIRST_NUMBER (UINT64_C(1) << GW_SEQ_SUB_BITS)

static int64_t world_second(int64_t at_ms) { return (WORLD_EPOCH_MS + at_ms) / 1000; }

static size_t count_reason(enum gw_reason reason) {
  size_t count = 0;
  for (size_t i = 0; i < world.kept_count; i++)
    if (world.kept[i].reason == reason) count++;
  return count;
}

/* When the only reading with this reason was made, epoch seconds. */
static int64_t moment_of(enum gw_reason reason) {
  EQUAL(1, count_reason(reason));
  size_t i = 0;
  while (world.kept[i].reason != reason) i++;
  return world.kept[i].timestamp_s;
}

static void quiet_day(void) {
  world_begin();
  world_boot(GW_RESET_POWER);
  world_run(24 * HOURS);
  EQUAL(1 + 96, world.kept_count);
  EQUAL(FIRST_NUMBER, world.kept[0].seq);
  EQUAL(GW_REASON_BOOT, world.kept[0].reason);
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  world_check_numbering();
  CHECK(world.watchdog_fed > 1000);
}

static void clock_set_back(void) {
  int64_t last_s = 0;
  world_begin();
  world_boot(GW_RESET_POWER);
  for (int64_t hour = 1; hour <= 24; hour++) {
    int64_t back_ms = 700 * (hour % 3);
    world_run(hour * HOURS - 10 * MINUTES);
    world.clock.source = GW_CLOCK_NITZ; /* so that the next word counts */
    EQUAL(GW_OK, gw_clock_offer(&world.clock, world.now_ms - world.booted_at_ms, GW_CLOCK_SERVER,
                                WORLD_EPOCH_MS + world.now_ms - back_ms));
    world_run(hour * HOURS);
  }
  EQUAL(1 + 96, world.kept_count);
  for (size_t i = 0; i < world.kept_count; i++) {
    if (world.kept[i].reason != GW_REASON_HEARTBEAT) continue;
    CHECK(world.kept[i].timestamp_s - last_s > 14 * 60);
    last_s = world.kept[i].timestamp_s;
  }
}

static void outage_lived_through(void) {
  world_begin();
  world_outage(40 * MINUTES, 100 * MINUTES);
  world_boot(GW_RESET_POWER);
  world_run(3 * HOURS);
  EQUAL(world_second(40 * MINUTES - 10), moment_of(GW_REASON_LAST_GASP));
  EQUAL(world_second(100 * MINUTES), moment_of(GW_REASON_CHANGE));
  for (size_t i = 0; i < world.kept_count; i++) {
    const struct world_kept *kept = &world.kept[i];
    bool in_outage = kept->timestamp_s >= world_second(40 * MINUTES - 10) && kept->timestamp_s < world_second(100 * MINUTES);
    EQUAL(in_outage ? GW_POWER_OFF : GW_POWER_ON, kept->power);
  }
  world_check_numbering();
}

static void gasp_first_and_alone(void) {
  world_begin();
  world.portal_away = (struct world_interval){30 * MINUTES, 110 * MINUTES};
  world_outage(109 * MINUTES + 30000, 200 * MINUTES);
  world_boot(GW_RESET_POWER);
  world_run(109 * MINUTES + 30000);
  CHECK(gw_ring_waiting(&world.agent.ring) >= 5);
  size_t before = world.submissions_count;
  world_run(112 * MINUTES);
  CHECK(before < world.submissions_count);
  const struct world_submission *gasp = &world.submissions[before];
  while (!gasp->last_gasp && gasp < &world.submissions[world.submissions_count - 1]) gasp++;
  CHECK(gasp->last_gasp && gasp->count == 1);
  EQUAL(world.agent.ring.newest_seq, gasp->first_seq);
  /* Declared after two seconds, sent within the next step. */
  CHECK(gasp->at_ms <= 109 * MINUTES + 30000 + 2100);
  world_run(3 * HOURS);
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  world_check_numbering();
}

static void without_clock(void) {
  world_begin();
  world.time_known_at_ms = 70 * MINUTES;
  world_outage(20 * MINUTES, 30 * MINUTES);
  world_boot(GW_RESET_POWER);
  world_run(69 * MINUTES);
  EQUAL(0, world.submissions_count);
  EQUAL(0, world.counter); /* no number is taken for what cannot be dated */
  world_run(75 * MINUTES);
  EQUAL(world_second(20 * MINUTES - 10), moment_of(GW_REASON_LAST_GASP));
  EQUAL(world_second(30 * MINUTES), moment_of(GW_REASON_CHANGE));
  world_check_numbering();
}

static void portal_away_for_hours(void) {
  world_begin();
  world.portal_away = (struct world_interval){1 * HOURS, 9 * HOURS};
  world_boot(GW_RESET_POWER);
  world_run(9 * HOURS);
  size_t waiting = gw_ring_waiting(&world.agent.ring);
  CHECK(waiting >= 32);
  CHECK(world.submissions_count < 60); /* tries ever more rarely */
  size_t first = world.kept_count;
  world_run(9 * HOURS + 35 * MINUTES);
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  for (size_t i = first + 1; i < first + waiting; i++) CHECK(world.kept[i].seq < world.kept[i - 1].seq);
  world_check_numbering();
}

static void refused_device(void) {
  world_begin();
  world.refuse_with = GW_REJECT_UNKNOWN_DEVICE;
  world_boot(GW_RESET_POWER);
  world_run(3 * HOURS);
  EQUAL(0, world.kept_count);
  CHECK(world.submissions_count < 20);
  world.refuse_with = GW_REJECT_NONE;
  world_run(4 * HOURS);
  EQUAL(1 + 16, world.kept_count);
  world_check_numbering();
}

static void refused_reading(void) {
  world_begin();
  world.refuse_with = GW_REJECT_MALFORMED;
  world.refuse_seq = FIRST_NUMBER + 2;
  world_boot(GW_RESET_POWER);
  world_run(3 * HOURS);
  EQUAL(12, world.kept_count); /* all but the refused one */
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  size_t sent = 0;
  for (size_t i = 0; i < world.submissions_count; i++)
    if (world.submissions[i].first_seq == FIRST_NUMBER + 2) sent++;
  EQUAL(1, sent);
}

/* Refused for now: the readings behind it get through, and it is tried again with each new one. */
static void refused_for_now(void) {
  world_begin();
  world.refuse_with = GW_REJECT_CLOCK_AHEAD;
  world.refuse_seq = FIRST_NUMBER + 2;
  world_boot(GW_RESET_POWER);
  world_run(3 * HOURS);
  EQUAL(12, world.kept_count);
  EQUAL(1, gw_ring_waiting(&world.agent.ring));
  world.refuse_with = GW_REJECT_NONE;
  world_run(4 * HOURS);
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  world_check_numbering();
}

/* The value of off_since (key 9) of a payload that has a public place; 0 when it has none. */
static int64_t off_since_of(const struct world_kept *kept) {
  static const uint8_t key = 9;
  for (size_t i = 20; i + 6 < kept->payload_len && i < 40; i++)
    if (kept->payload[i] == key && kept->payload[i + 1] == 0x1a)
      return (int64_t)kept->payload[i + 2] << 24 | kept->payload[i + 3] << 16 | kept->payload[i + 4] << 8 | kept->payload[i + 5];
  return 0;
}

static void told_by_the_next_boot(void) {
  world_begin();
  world_boot(GW_RESET_POWER);
  world_run(20 * MINUTES + 30000);
  uint64_t last = world.agent.ring.newest_seq;
  world.now_ms = 80 * MINUTES; /* dark meanwhile */
  world_boot(GW_RESET_POWER);
  world_run(85 * MINUTES);
  const struct world_kept *boot = world_find(2 * FIRST_NUMBER);
  CHECK(last < 2 * FIRST_NUMBER && boot != NULL);
  int64_t off_since_s = off_since_of(boot);
  CHECK(off_since_s <= world_second(20 * MINUTES + 30000) && off_since_s >= world_second(19 * MINUTES + 30000));
  world_boot(GW_RESET_RESTART);
  world_run(90 * MINUTES);
  EQUAL(GW_REASON_BOOT, world_find(3 * FIRST_NUMBER)->reason);
  EQUAL(0, off_since_of(world_find(3 * FIRST_NUMBER)));
  world_check_numbering();
}

/* Boot, heartbeats, an outage lived through, one more heartbeat; then the next day. */
static bool day_with_cut(uint32_t cut, unsigned tear) {
  world_begin();
  world.settings.heartbeat_s = 120;
  world.portal_away = (struct world_interval){3 * MINUTES, 10 * MINUTES};
  world_outage(5 * MINUTES, 7 * MINUTES);
  world.nor.cut_at = cut;
  world.nor.tear = tear;
  bool failed = setjmp(world.nor.power_failed) != 0;
  if (!failed) {
    world_boot(GW_RESET_POWER);
    world_run(14 * MINUTES);
  }
  world.nor.cut_at = 0;
  size_t kept = world.kept_count;
  world.now_ms += 1 * MINUTES;
  world_boot(GW_RESET_POWER);
  uint32_t waiting = gw_ring_waiting(&world.agent.ring);
  world_run(world.now_ms + 45 * MINUTES);
  if (world.is_pending) world_run(world.answer_at_ms + 100);
  CHECK(world.kept_count >= kept + (waiting > kept ? waiting - kept : 0));
  EQUAL(0, gw_ring_waiting(&world.agent.ring));
  EQUAL(0, world.agent.ring.lost);
  world_check_numbering();
  return failed;
}

static void every_cut(void) {
  uint32_t cuts = 0;
  for (uint32_t cut = 1; day_with_cut(cut, 0); cut++) {
    for (unsigned tear = 1; tear < NOR_TEARS; tear++) CHECK(day_with_cut(cut, tear));
    cuts++;
  }
  CHECK(cuts > 25);
}

/* Whatever single operation of the flash fails, the reading is stored elsewhere with the number it was signed with. */
static void failing_flash(void) {
  for (uint32_t fail = 1; fail < 30; fail++) {
    world_begin();
    world.nor.fail_at = fail;
    world_boot(GW_RESET_POWER);
    world_run(2 * HOURS);
    EQUAL(9, world.kept_count);
    world_check_numbering();
  }
}

static const struct test agent_tests[] = {
    {"reports a quiet day: one boot, 96 heartbeats, every number once", quiet_day},
    {"sends one heartbeat a period although its clock is set back a little", clock_set_back},
    {"tells an outage it lived through by its two edges, to the second", outage_lived_through},
    {"sends a last gasp first and alone, though a backlog is under way", gasp_first_and_alone},
    {"waits for the clock, then signs what happened with its true time", without_clock},
    {"keeps what no one answers and delivers it newest first", portal_away_for_hours},
    {"keeps everything while its device is not enrolled yet", refused_device},
    {"sends a reading that is refused for good only once", refused_reading},
    {"gets the others through when one is refused for now", refused_for_now},
    {"tells an outage it did not survive at the next boot, and no outage at a restart", told_by_the_next_boot},
    {"loses no reading and uses no number twice, whichever write power fails in", every_cut},
    {"stores elsewhere under the same number when an operation of the flash fails", failing_flash},
};
TEST_GROUP(agent, agent_tests);
