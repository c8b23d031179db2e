#include "gw/ring.h"
#include "tests/groups.h"
#include "tests/nor.h"

#include <string.h>

#define SECTOR 1024u
#define SECTORS 10u
#define RECORDS 100u
#define FIRST 1000u

static struct nor nor;
static struct gw_ring ring;

static void blank_ring(void) {
  nor_init(&nor, SECTORS * SECTOR, SECTOR);
  EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
}

/* The body tells its number, so that a mix-up shows; lengths vary. */
static size_t body_of(uint64_t seq, uint8_t *body) {
  size_t len = 140 + (size_t)(seq * 7 % 90);
  for (size_t i = 0; i < len; i++) body[i] = (uint8_t)(seq * 31 + i);
  return len;
}

static void append(uint64_t seq) {
  uint8_t body[GW_COSE_MAX];
  EQUAL(GW_OK, gw_ring_append(&ring, seq, body, body_of(seq, body)));
}

static uint64_t next_below(uint64_t below) {
  uint8_t body[GW_COSE_MAX];
  uint8_t expected[GW_COSE_MAX];
  uint64_t seq = 0;
  size_t len = 0;
  if (gw_ring_next(&ring, below, &seq, body, sizeof body, &len) != GW_OK) return 0;
  EQUAL(body_of(seq, expected), len);
  SAME_BYTES(expected, body, len);
  return seq;
}

static void newest_first(void) {
  blank_ring();
  for (uint64_t seq = 1; seq <= 9; seq++) append(seq);
  EQUAL(GW_OK, gw_ring_acknowledge(&ring, 9, 0));
  EQUAL(GW_OK, gw_ring_acknowledge(&ring, 5, 0));
  uint64_t below = UINT64_MAX;
  const uint64_t expected[] = {8, 7, 6, 4, 3, 2, 1, 0};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    below = next_below(below);
    EQUAL(expected[i], below);
  }
  EQUAL(7, gw_ring_waiting(&ring));
}

static void survives_remount(void) {
  blank_ring();
  for (uint64_t seq = 1; seq <= 9; seq++) append(seq);
  EQUAL(GW_OK, gw_ring_acknowledge(&ring, 8, 0));
  EQUAL(GW_OK, gw_ring_acknowledge(&ring, 8, 0));
  EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
  EQUAL(9, ring.newest_seq);
  EQUAL(8, gw_ring_waiting(&ring));
  EQUAL(7, next_below(9));
  append(10);
  EQUAL(10, next_below(UINT64_MAX));
}

static void wears_evenly(void) {
  uint32_t least = UINT32_MAX;
  uint32_t most = 0;
  blank_ring();
  for (uint64_t seq = 1; seq <= 2000; seq++) {
    append(seq);
    EQUAL(GW_OK, gw_ring_acknowledge(&ring, seq, 0));
  }
  for (size_t i = 0; i < SECTORS; i++) {
    if (nor.erases[i] < least) least = nor.erases[i];
    if (nor.erases[i] > most) most = nor.erases[i];
  }
  CHECK(least > 25 && most - least <= 2);
  EQUAL(0, ring.lost);
}

/* An old record that the portal never answered stays while newer, acknowledged ones are erased around it. */
static void keeps_the_unanswered(void) {
  blank_ring();
  for (uint64_t seq = 1; seq <= 300; seq++) {
    append(seq);
    if (seq != 2) EQUAL(GW_OK, gw_ring_acknowledge(&ring, seq, 0));
  }
  EQUAL(2, next_below(UINT64_MAX));
  EQUAL(0, ring.lost);
}

static void full_of_unanswered(void) {
  blank_ring();
  for (uint64_t seq = 1; seq <= 100; seq++) append(seq);
  uint64_t oldest = 0;
  uint32_t kept = 0;
  for (uint64_t seq = next_below(UINT64_MAX); seq != 0; seq = next_below(seq)) {
    oldest = seq;
    kept++;
  }
  EQUAL(100, oldest + kept - 1); /* the newest are there without a gap: only the oldest went */
  EQUAL(oldest - 1, ring.lost);
  EQUAL(kept, gw_ring_waiting(&ring));
}

static void failing_part(void) {
  for (uint32_t fail = 1; fail <= 40; fail++) {
    blank_ring();
    nor.fail_at = fail;
    for (uint64_t seq = 1; seq <= 12; seq++) {
      append(seq);
      if (seq % 3 == 0) (void)gw_ring_acknowledge(&ring, seq, 0);
    }
    EQUAL(8, gw_ring_waiting(&ring));
    EQUAL(0, ring.lost);
  }
}

/* The part wrote a record and said it had not: the copy in the next sector is the same reading. */
static void late_failure(void) {
  for (uint32_t fail = 1; fail <= 20; fail++) {
    blank_ring();
    nor.fail_at = fail;
    nor.fails_late = true;
    for (uint64_t seq = 1; seq <= 12; seq++) append(seq);
    nor.fail_at = 0;
    EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
    EQUAL(12, ring.newest_seq);
    uint64_t expected = 12;
    for (uint64_t seq = next_below(UINT64_MAX); seq != 0; seq = next_below(seq)) {
      EQUAL(expected--, seq);
      EQUAL(GW_OK, gw_ring_acknowledge(&ring, seq, 0));
    }
    EQUAL(0, expected);
    EQUAL(0, gw_ring_waiting(&ring));
  }
}

static void refuses_what_it_cannot_keep(void) {
  uint8_t body[GW_COSE_MAX + 1] = {0};
  blank_ring();
  append(5);
  EQUAL(GW_E_ARGUMENT, gw_ring_append(&ring, 5, body, 10));
  EQUAL(GW_E_ARGUMENT, gw_ring_append(&ring, 6, body, sizeof body));
  EQUAL(GW_E_NONE, gw_ring_acknowledge(&ring, 6, 0));
  nor_init(&nor, 2 * SECTOR, SECTOR);
  EQUAL(GW_E_ARGUMENT, gw_ring_mount(&ring, &nor.port));
}

/* What a program knew when power failed: kept in static memory, outside the part. */
static struct {
  uint64_t next;
  bool stored[RECORDS];
  bool answered[RECORDS];
  bool torn_answer[RECORDS];
} known;

static void answer(uint64_t seq) {
  size_t i = (size_t)(seq - FIRST);
  known.torn_answer[i] = true;
  EQUAL(GW_OK, gw_ring_acknowledge(&ring, seq, 0));
  known.torn_answer[i] = false;
  known.answered[i] = true;
}

/* Stores records; the portal answers newest first, two out of three, and the rest much later. */
static void scenario(void) {
  while (known.next < FIRST + RECORDS) {
    uint64_t seq = known.next++;
    append(seq);
    known.stored[seq - FIRST] = true;
    if (seq % 3 != 0) answer(seq);
    if (seq % 9 == 8)
      for (uint64_t old = seq - 8; old < seq; old += 1)
        if (old >= FIRST && old % 3 == 0 && known.stored[old - FIRST]) answer(old);
  }
}

static void check_after_cut(void) {
  EQUAL(0, ring.lost);
  EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
  bool found[RECORDS] = {false};
  const bool torn_erase = nor.erasing;
  for (uint64_t seq = next_below(UINT64_MAX); seq != 0; seq = next_below(seq)) found[seq - FIRST] = true;
  for (size_t i = 0; i < RECORDS; i++) {
    if (known.stored[i] && !known.answered[i] && !known.torn_answer[i]) CHECK(found[i]);
    /* Only a torn erase may take the acknowledgements of a sector before its records. */
    if (known.answered[i] && found[i]) CHECK(torn_erase);
    if (known.answered[i] && found[i]) answer(FIRST + i);
    if (known.stored[i]) CHECK(ring.newest_seq >= FIRST + i);
    known.stored[i] = known.stored[i] || found[i];
    known.answered[i] = known.answered[i] || (known.torn_answer[i] && !found[i]);
    known.torn_answer[i] = false;
  }
  /* The number in flight is given up: no number is ever stored twice. */
  if (known.next <= ring.newest_seq) known.next = ring.newest_seq + 1;
}

/* Runs the scenario until it is done or power fails; says which. */
static bool power_fails(uint32_t cut, unsigned tear) {
  nor.cut_at = cut;
  nor.tear = tear;
  bool failed = setjmp(nor.power_failed) != 0;
  if (!failed) scenario();
  nor.cut_at = 0;
  return failed;
}

static void begin(void) {
  blank_ring();
  memset(&known, 0, sizeof known);
  known.next = FIRST;
}

static bool run_with_cut(uint32_t cut, unsigned tear) {
  begin();
  if (!power_fails(cut, tear)) return false;
  check_after_cut();
  scenario();
  check_after_cut();
  return true;
}

static void every_cut(void) {
  uint32_t cuts = 0;
  for (uint32_t cut = 1; run_with_cut(cut, 0); cut++) {
    for (unsigned tear = 1; tear < NOR_TEARS; tear++) CHECK(run_with_cut(cut, tear));
    cuts++;
  }
  CHECK(cuts > RECORDS); /* at least every append and every acknowledgement */
}

/* Power fails again while the device recovers from the first failure. */
static void cut_twice(void) {
  for (uint32_t first = 1; first < 40; first += 3) {
    for (uint32_t second = 1; second < 12; second++) {
      begin();
      CHECK(power_fails(first, (first + second) % NOR_TEARS));
      check_after_cut();
      CHECK(power_fails(nor.operations + second, second % NOR_TEARS));
      check_after_cut();
      scenario();
      check_after_cut();
    }
  }
}

static bool append_fails(uint64_t seq, uint32_t cut, unsigned tear) {
  nor.cut_at = cut;
  nor.tear = tear;
  bool failed = setjmp(nor.power_failed) != 0;
  if (!failed) {
    append(seq);
    EQUAL(GW_OK, gw_ring_acknowledge(&ring, seq, 0));
  }
  nor.cut_at = 0;
  return failed;
}

/* A supply so bad that hardly a write succeeds: sectors open and close without ever holding a record. */
static void never_forgets_the_newest(void) {
  static uint64_t newest, seed;
  newest = 0;
  seed = 5;
  nor_init(&nor, 3 * SECTOR, SECTOR);
  EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
  for (int round = 0; round < 3000; round++) {
    uint64_t seq = ring.newest_seq + 1;
    bool failed = append_fails(seq, nor.operations + 1 + test_random(&seed) % 5, test_random(&seed) % NOR_TEARS);
    if (failed) EQUAL(GW_OK, gw_ring_mount(&ring, &nor.port));
    else newest = seq;
    CHECK(ring.newest_seq >= newest);
    newest = ring.newest_seq;
  }
  CHECK(newest > 100);
}

static const struct test ring_tests[] = {
    {"gives what waits, newest first", newest_first},
    {"knows after a restart what it knew before", survives_remount},
    {"wears all sectors evenly", wears_evenly},
    {"keeps an unanswered record while answered ones around it are erased", keeps_the_unanswered},
    {"loses only the oldest when everything is unanswered, and counts them", full_of_unanswered},
    {"goes on in another sector when an operation of the part fails", failing_part},
    {"strikes off both copies when the part wrote a record and denied it", late_failure},
    {"refuses old numbers, long bodies and partitions too small", refuses_what_it_cannot_keep},
    {"loses no stored record, whichever write or erase power fails in", every_cut},
    {"loses none when power fails again during recovery", cut_twice},
    {"never forgets its newest number, however often power fails", never_forgets_the_newest},
};
TEST_GROUP(ring, ring_tests);
