#include "gw/sim7020.h"

#include <string.h>

#include "sim7020_setup.h"

#define NEVER_MS INT64_MAX
#define HELLO_ANSWER_MS 1000
/* The first characters may be eaten while the rate is found or the module wakes. */
#define HELLOS_MAX 6u
#define KEY_MS 1000         /* longer than the 800 ms that wake or start it, and the 500 ms that switch it off */
#define BOOT_MS 5000
#define SHUTDOWN_ANSWER_MS 10000
#define OFF_MS 5000         /* at least this long off before it is switched on again */
#define REST_FIRST_MS 30000
#define REST_MAX_MS 1800000
/* A late result of an earlier command would be taken for that of the next: it gets this long to come. */
#define SETTLE_MS 300
#define KEY_PRESSES_MAX 2u
/* Every so many exchanges without an answer the module is suspected all the same. */
#define SILENCES_PER_SUSPICION 3u

enum { FAILURES_RADIO = 2, FAILURES_RESTART = 3 };

static void enter(struct gw_sim7020 *modem, enum gw_sim7020_phase phase, int64_t until_ms) {
  modem->phase = phase;
  modem->until_ms = until_ms;
}

static void wake(struct gw_sim7020 *modem) {
  gw_at_abandon(&modem->at);
  modem->tries = 0;
  modem->at.stray = false;
  modem->restarted = false;
  modem->echo_is_off = false;
  modem->registration = 0;
  enter(modem, GW_SIM7020_WAKING, NEVER_MS);
}

static void press_key(struct gw_sim7020 *modem) {
  gw_at_abandon(&modem->at);
  modem->pins->power_key(modem->pins->ctx, true);
  enter(modem, GW_SIM7020_KEY_DOWN, modem->now_ms + KEY_MS);
}

static void shut_down(struct gw_sim7020 *modem) {
  modem->went_down = false;
  gw_at_abandon(&modem->at);
  gw_at_send(&modem->at, "AT+CPOWD=1", modem->now_ms, SHUTDOWN_ANSWER_MS);
  enter(modem, GW_SIM7020_SHUTTING_DOWN, modem->now_ms + SHUTDOWN_ANSWER_MS);
}

static void rest(struct gw_sim7020 *modem) {
  int64_t rest_ms = REST_FIRST_MS;
  for (unsigned i = FAILURES_RESTART + 1; i < modem->failures && rest_ms < REST_MAX_MS; i += 1) rest_ms *= 2;
  if (rest_ms > REST_MAX_MS) rest_ms = REST_MAX_MS;
  gw_at_abandon(&modem->at);
  enter(modem, GW_SIM7020_RESTING, modem->now_ms + rest_ms);
}

/* The ladder: ask again, radio off and on, restart, and rest between further restarts. */
void gw_sim7020_fail(struct gw_sim7020 *modem, const char *word) {
  if (modem->failures < UINT8_MAX) modem->failures = (uint8_t)(modem->failures + 1u);
  modem->log->event(modem->log->ctx, GW_LOG_WARN, word, modem->failures);
  if (modem->failures == FAILURES_RESTART) {
    shut_down(modem);
  } else if (modem->failures > FAILURES_RESTART) {
    rest(modem);
  } else {
    modem->cycle_radio = modem->failures == FAILURES_RADIO;
    wake(modem);
  }
}

void gw_sim7020_no_server(struct gw_sim7020 *modem) {
  modem->silences = (uint8_t)(modem->silences + 1u);
  if (modem->silences % SILENCES_PER_SUSPICION != 0) return;
  if (modem->silences < 2u * SILENCES_PER_SUSPICION) {
    gw_sim7020_setup_begin(modem, true);
    enter(modem, GW_SIM7020_SETTING_UP, NEVER_MS);
  } else {
    modem->silences = 0;
    shut_down(modem);
  }
}

void gw_sim7020_succeeded(struct gw_sim7020 *modem) {
  modem->failures = 0;
  modem->silences = 0;
}

static void say_hello(struct gw_sim7020 *modem) {
  modem->tries = (uint8_t)(modem->tries + 1u);
  modem->at.stray = false;
  modem->until_ms = NEVER_MS;
  gw_at_send(&modem->at, "AT", modem->now_ms, HELLO_ANSWER_MS);
}

/* The key switches a running module off, so it is used only on one that does not answer. */
static void give_up_calling(struct gw_sim7020 *modem) {
  if (modem->key_presses == KEY_PRESSES_MAX) {
    modem->key_presses = 0;
    gw_sim7020_fail(modem, "modem_deaf");
    return;
  }
  modem->key_presses = (uint8_t)(modem->key_presses + 1u);
  press_key(modem);
}

static void poll_waking(struct gw_sim7020 *modem) {
  const enum gw_at_result result = gw_at_take(&modem->at);
  if (result == GW_AT_BUSY) return;
  if (result == GW_AT_OK) {
    modem->until_ms = modem->now_ms + SETTLE_MS;
  } else if (modem->until_ms == NEVER_MS || (modem->now_ms >= modem->until_ms && modem->at.stray)) {
    if (modem->tries == HELLOS_MAX)
      give_up_calling(modem);
    else
      say_hello(modem);
  } else if (modem->now_ms >= modem->until_ms) {
    modem->key_presses = 0;
    gw_sim7020_setup_begin(modem, false);
    enter(modem, GW_SIM7020_SETTING_UP, NEVER_MS);
  }
}

static void poll_setting_up(struct gw_sim7020 *modem) {
  switch (gw_sim7020_setup_poll(modem)) {
    case GW_SETUP_GOES_ON:
      break;
    case GW_SETUP_DONE:
      enter(modem, GW_SIM7020_READY, NEVER_MS);
      break;
    case GW_SETUP_RESTART:
      shut_down(modem);
      break;
    case GW_SETUP_FAILED:
      gw_sim7020_fail(modem, "modem_setup");
      break;
  }
}

static void poll_waiting(struct gw_sim7020 *modem) {
  const bool over = modem->now_ms >= modem->until_ms;
  switch (modem->phase) {
    case GW_SIM7020_KEY_DOWN:
      if (!over) break;
      modem->pins->power_key(modem->pins->ctx, false);
      enter(modem, GW_SIM7020_BOOTING, modem->now_ms + BOOT_MS);
      break;
    case GW_SIM7020_BOOTING:
      if (over) wake(modem);
      break;
    case GW_SIM7020_SHUTTING_DOWN:
      (void)gw_at_take(&modem->at);
      if (modem->went_down) {
        modem->went_down = false;
        modem->until_ms = modem->now_ms + OFF_MS;
      } else if (over) {
        press_key(modem);
      }
      break;
    case GW_SIM7020_RESTING:
      (void)gw_at_take(&modem->at);
      if (over) shut_down(modem);
      break;
    case GW_SIM7020_ASLEEP:
      (void)gw_at_take(&modem->at);
      if (modem->wanted) wake(modem);
      break;
    default:
      break;
  }
}

void gw_sim7020_poll(struct gw_sim7020 *modem, int64_t now_ms) {
  modem->now_ms = now_ms;
  gw_at_poll(&modem->at, now_ms);
  const bool up = modem->phase == GW_SIM7020_SETTING_UP || modem->phase == GW_SIM7020_READY;
  if (modem->echo_is_off && modem->at.echoed) modem->restarted = true;
  if (up && modem->restarted) {
    modem->log->event(modem->log->ctx, GW_LOG_WARN, "modem_restarted", 0);
    wake(modem);
  }
  if (modem->phase == GW_SIM7020_WAKING)
    poll_waking(modem);
  else if (modem->phase == GW_SIM7020_SETTING_UP)
    poll_setting_up(modem);
  else if (modem->phase != GW_SIM7020_READY)
    poll_waiting(modem);
}

int64_t gw_sim7020_wake_ms(const struct gw_sim7020 *modem, int64_t now_ms) {
  int64_t wake_ms = gw_at_wake_ms(&modem->at, now_ms);
  if (modem->until_ms < wake_ms) wake_ms = modem->until_ms;
  const bool between_steps = modem->phase == GW_SIM7020_SETTING_UP && modem->at.result == GW_AT_IDLE;
  if (between_steps && modem->again_ms < wake_ms) wake_ms = modem->again_ms;
  if (modem->phase == GW_SIM7020_WAKING && modem->at.result == GW_AT_IDLE && modem->until_ms == NEVER_MS)
    wake_ms = now_ms;
  if (modem->phase == GW_SIM7020_ASLEEP && modem->wanted) wake_ms = now_ms;
  return wake_ms < now_ms ? now_ms : wake_ms;
}

bool gw_sim7020_ready(const struct gw_sim7020 *modem) { return modem->phase == GW_SIM7020_READY; }

void gw_sim7020_want(struct gw_sim7020 *modem, bool wanted) {
  modem->wanted = wanted;
  if (!wanted || modem->phase != GW_SIM7020_READY || gw_sim7020_registered(modem)) return;
  gw_sim7020_setup_begin(modem, true);
  enter(modem, GW_SIM7020_SETTING_UP, NEVER_MS);
}

/* T3412 = 1 h, T3324 = 2 s [M, L]: the shortest stay with the network, and a sign of life within the heartbeat's limits. */
void gw_sim7020_let_sleep(struct gw_sim7020 *modem) {
  gw_at_abandon(&modem->at);
  gw_at_send(&modem->at, "AT+CPSMS=1,,,\"00100001\",\"00000001\"", modem->now_ms, HELLO_ANSWER_MS);
}

static bool is_line(const char *line, const char *start) { return strncmp(line, start, strlen(start)) == 0; }

static void on_line(void *ctx, const char *line) {
  struct gw_sim7020 *modem = ctx;
  if (is_line(line, "RDY") || is_line(line, "*MATREADY")) {
    modem->restarted = true;
  } else if (is_line(line, "NORMAL POWER DOWN") || is_line(line, "UNDER-VOLTAGE POWER DOWN")) {
    modem->went_down = true;
    modem->restarted = true;
  } else if (is_line(line, "+CPSMSTATUS: \"ENTER PSM\"") || is_line(line, "+CPSMSTATUS:\"ENTER PSM\"")) {
    if (modem->phase == GW_SIM7020_READY) enter(modem, GW_SIM7020_ASLEEP, NEVER_MS);
  } else {
    gw_sim7020_setup_line(modem, line);
    if (modem->client != NULL) modem->client->line(modem->client->ctx, line);
  }
}

static void on_block(void *ctx, char byte) {
  const struct gw_sim7020 *modem = ctx;
  if (modem->client != NULL) modem->client->block(modem->client->ctx, byte);
}

static void on_stream(void *ctx, char byte) {
  const struct gw_sim7020 *modem = ctx;
  if (modem->client != NULL) modem->client->stream(modem->client->ctx, byte);
}

void gw_sim7020_init(struct gw_sim7020 *modem, const struct gw_sim7020_config *config,
                     const struct gw_stream *uart, const struct gw_modem_pins *pins,
                     struct gw_clock *clock, const struct gw_log *log) {
  static const struct gw_at_special specials[] = {
      {"+CHTTPNMIH:", GW_AT_COUNTED_BLOCK},
      {"+CHTTPNMIC:", GW_AT_STREAMED_LINE},
  };
  memset(modem, 0, sizeof *modem);
  modem->config = config;
  modem->pins = pins;
  modem->clock = clock;
  modem->log = log;
  modem->owner = (struct gw_at_owner){
      .ctx = modem,
      .specials = specials,
      .special_count = sizeof specials / sizeof specials[0],
      .line = on_line,
      .block = on_block,
      .stream = on_stream,
  };
  gw_at_init(&modem->at, uart, &modem->owner);
  wake(modem);
}
