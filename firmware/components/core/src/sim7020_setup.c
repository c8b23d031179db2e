#include "sim7020_setup.h"

#include <string.h>

#include "gw/calendar.h"

#define ANSWER_MS 5000
#define RADIO_MS 30000
#define ACTIVATE_MS 150000 /* longest answer of CGACT [M] */
#define SIM_PATIENCE_MS 30000
#define REGISTER_PATIENCE_MS 180000
#define AGAIN_MS 2000

#define REGISTERED_HOME 1
#define REGISTERED_ROAMING 5
#define REGISTRATION_WAITS_FOR_ATTACH 100

#define CENTURY 2000
#define MS_PER_SECOND 1000
/* The next failure is then answered by a restart. */
#define FAILURES_BEFORE_RESTART 2u

enum on_error { GO_ON, TRY_AGAIN };

struct step {
  const char *command;                          /* NULL: `build` writes it */
  void (*build)(struct gw_sim7020 *modem);
  int32_t answer_ms;
  bool (*needed)(const struct gw_sim7020 *modem); /* NULL: always */
  bool (*reached)(const struct gw_sim7020 *modem); /* NULL: OK is enough */
  int32_t patience_ms;                          /* how long it is repeated until reached */
  enum on_error on_error;
};

static bool sim_ready(const struct gw_sim7020 *modem) { return modem->sim_ready; }
static bool times_unset(const struct gw_sim7020 *modem) {
  return !modem->time_settings_on && !modem->saved_settings;
}
static bool cycles_radio(const struct gw_sim7020 *modem) { return modem->cycle_radio; }
static bool apn_differs(const struct gw_sim7020 *modem) { return !modem->apn_is_set; }
static bool waits_for_attach(const struct gw_sim7020 *modem) {
  return modem->registration == REGISTRATION_WAITS_FOR_ATTACH;
}
bool gw_sim7020_registered(const struct gw_sim7020 *modem) {
  return modem->registration == REGISTERED_HOME || modem->registration == REGISTERED_ROAMING;
}

/* AT*MCGDEFCONT="IP","apn"[,"user","password"], with the radio off [H 3.2]. */
static void build_apn(struct gw_sim7020 *modem) {
  gw_at_begin(&modem->at, "AT*MCGDEFCONT=\"IP\",\"");
  gw_at_text(&modem->at, modem->config->apn);
  if (modem->config->apn_user[0] != '\0') {
    gw_at_text(&modem->at, "\",\"");
    gw_at_text(&modem->at, modem->config->apn_user);
    gw_at_text(&modem->at, "\",\"");
    gw_at_text(&modem->at, modem->config->apn_password);
  }
  gw_at_text(&modem->at, "\"");
}

/* CTZU, CTZR, CLTS and CURTC act after a restart [M 1.6]; CLTS, written last, tells whether all of them were. */
static const struct step steps[] = {
    {"ATE0", NULL, ANSWER_MS, NULL, NULL, 0, TRY_AGAIN},
    {"AT+CMEE=1", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+IPR=115200", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CFUN=0", NULL, RADIO_MS, cycles_radio, NULL, 0, GO_ON},
    {"AT+CFUN=1", NULL, RADIO_MS, NULL, NULL, 0, GO_ON},
    {"AT+CPIN?", NULL, ANSWER_MS, NULL, sim_ready, SIM_PATIENCE_MS, TRY_AGAIN},
    {"AT+CLTS?", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CTZU=1", NULL, ANSWER_MS, times_unset, NULL, 0, GO_ON},
    {"AT+CTZR=1", NULL, ANSWER_MS, times_unset, NULL, 0, GO_ON},
    {"AT+CURTC=0", NULL, ANSWER_MS, times_unset, NULL, 0, GO_ON},
    {"AT+CLTS=1", NULL, ANSWER_MS, times_unset, NULL, 0, GO_ON},
    {"AT*MCGDEFCONT?", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CFUN=0", NULL, RADIO_MS, apn_differs, NULL, 0, TRY_AGAIN},
    {NULL, build_apn, ANSWER_MS, apn_differs, NULL, 0, TRY_AGAIN},
    {"AT+CFUN=1", NULL, RADIO_MS, apn_differs, NULL, 0, TRY_AGAIN},
    {"AT+CPIN?", NULL, ANSWER_MS, apn_differs, sim_ready, SIM_PATIENCE_MS, TRY_AGAIN},
    {"AT+CPSMSTATUS=1", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CPSMS=0", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CEREG=5", NULL, ANSWER_MS, NULL, NULL, 0, TRY_AGAIN},
#define REGISTRATION_STEP 19u
    {"AT+CEREG?", NULL, ANSWER_MS, NULL, NULL, 0, TRY_AGAIN},
    {"AT+CGATT=1", NULL, RADIO_MS, waits_for_attach, NULL, 0, GO_ON},
    {"AT+CEREG?", NULL, ANSWER_MS, NULL, gw_sim7020_registered, REGISTER_PATIENCE_MS, TRY_AGAIN},
    {"AT+CGACT=1,1", NULL, ACTIVATE_MS, NULL, NULL, 0, GO_ON},
    {"AT+CGCONTRDP", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
    {"AT+CCLK?", NULL, ANSWER_MS, NULL, NULL, 0, GO_ON},
};
#define STEP_COUNT (sizeof steps / sizeof steps[0])

void gw_sim7020_setup_begin(struct gw_sim7020 *modem, bool from_registration) {
  gw_at_abandon(&modem->at);
  modem->step = from_registration ? REGISTRATION_STEP : 0;
  modem->step_began_ms = modem->now_ms;
  modem->again_ms = modem->now_ms;
  modem->address_is_good = true;
  if (from_registration) return;
  modem->sim_ready = false;
  modem->apn_is_set = false;
  modem->echo_is_off = false;
}

static void next_step(struct gw_sim7020 *modem) {
  modem->step = (uint8_t)(modem->step + 1u);
  modem->step_began_ms = modem->now_ms;
  modem->again_ms = modem->now_ms;
}

static enum gw_setup end_of_script(struct gw_sim7020 *modem) {
  /* The module's own address instead of one of the network: seen in the field, and only a restart cures it. */
  if (!modem->address_is_good) {
    if (modem->failures < FAILURES_BEFORE_RESTART) modem->failures = FAILURES_BEFORE_RESTART;
    return GW_SETUP_FAILED;
  }
  if (times_unset(modem)) {
    modem->saved_settings = true;
    return GW_SETUP_RESTART;
  }
  modem->cycle_radio = false;
  return GW_SETUP_DONE;
}

static enum gw_setup try_again(struct gw_sim7020 *modem, const struct step *step) {
  if (modem->now_ms - modem->step_began_ms >= step->patience_ms) return GW_SETUP_FAILED;
  modem->again_ms = modem->now_ms + AGAIN_MS;
  return GW_SETUP_GOES_ON;
}

static enum gw_setup take_step_result(struct gw_sim7020 *modem, const struct step *step,
                                      enum gw_at_result result) {
  if (result == GW_AT_TIMEOUT) return GW_SETUP_FAILED;
  if (result == GW_AT_ERROR && step->on_error == TRY_AGAIN) return try_again(modem, step);
  if (result == GW_AT_OK && step->reached != NULL && !step->reached(modem)) return try_again(modem, step);
  /* Echo was switched off by the first step: from the first command that is not repeated on, an echo means a restart. */
  if (modem->step > 0 && !modem->at.echoed) modem->echo_is_off = true;
  next_step(modem);
  return GW_SETUP_GOES_ON;
}

enum gw_setup gw_sim7020_setup_poll(struct gw_sim7020 *modem) {
  const enum gw_at_result result = gw_at_take(&modem->at);
  if (result == GW_AT_BUSY) return GW_SETUP_GOES_ON;
  if (result != GW_AT_IDLE) {
    const enum gw_setup outcome = take_step_result(modem, &steps[modem->step], result);
    if (outcome != GW_SETUP_GOES_ON) return outcome;
  }
  while (modem->step < STEP_COUNT && steps[modem->step].needed != NULL &&
         !steps[modem->step].needed(modem))
    next_step(modem);
  if (modem->step == STEP_COUNT) return end_of_script(modem);
  if (modem->now_ms < modem->again_ms) return GW_SETUP_GOES_ON;
  const struct step *step = &steps[modem->step];
  modem->at.echoed = false;
  if (step->command != NULL)
    gw_at_begin(&modem->at, step->command);
  else
    step->build(modem);
  gw_at_end(&modem->at, modem->now_ms, step->answer_ms);
  return GW_SETUP_GOES_ON;
}

/* Six numbers of "yy/MM/dd,hh:mm:ss+zz"; with CURTC=0 they are UTC whatever the zone behind them [M]. */
static void take_time(struct gw_sim7020 *modem, const char *text) {
  int32_t part[6] = {0};
  int64_t epoch_s = 0;
  if (*text == '"') text += 1;
  for (size_t i = 0; i < 6; i += 1) {
    if (!gw_at_parameter_number(text, 0, &part[i])) return;
    while (*text >= '0' && *text <= '9') text += 1;
    if (*text != '\0') text += 1;
  }
  const struct gw_date date = {CENTURY + part[0], part[1], part[2], part[3], part[4], part[5]};
  if (part[0] < 0 || part[0] > 99 || gw_calendar_epoch_s(&date, &epoch_s) != GW_OK) return;
  (void)gw_clock_offer(modem->clock, modem->now_ms, GW_CLOCK_NITZ, epoch_s * MS_PER_SECOND);
}

/* Asked for: <n>,<stat>[,"tac",...]. Unasked: <stat>[,"tac",...]. */
static void take_registration(struct gw_sim7020 *modem, const char *parameters) {
  int32_t first = 0;
  int32_t second = 0;
  if (!gw_at_parameter_number(parameters, 0, &first)) return;
  const bool asked = gw_at_parameter_number(parameters, 1, &second);
  modem->registration = asked ? second : first;
}

void gw_sim7020_setup_line(struct gw_sim7020 *modem, const char *line) {
  const char *parameters = NULL;
  int32_t number = 0;
  if ((parameters = gw_at_parameters(line, "+CEREG")) != NULL ||
      (parameters = gw_at_parameters(line, "+CGREG")) != NULL) {
    take_registration(modem, parameters);
  } else if ((parameters = gw_at_parameters(line, "+CPIN")) != NULL) {
    modem->sim_ready = strncmp(parameters, "READY", strlen("READY")) == 0;
  } else if ((parameters = gw_at_parameters(line, "+CCLK")) != NULL) {
    take_time(modem, parameters);
  } else if ((parameters = gw_at_parameters(line, "+CLTS")) != NULL) {
    /* The answer to the question is one number, the unasked line a time. */
    if (gw_at_parameter_number(parameters, 0, &number) && strchr(parameters, '/') == NULL)
      modem->time_settings_on = number == 1;
  } else if ((parameters = gw_at_parameters(line, "*MCGDEFCONT")) != NULL) {
    const char *apn = gw_at_parameter(parameters, 1);
    const size_t len = strlen(modem->config->apn);
    modem->apn_is_set =
        apn != NULL && apn[0] == '"' && strncmp(apn + 1, modem->config->apn, len) == 0 && apn[len + 1u] == '"';
  } else if ((parameters = gw_at_parameters(line, "+CGCONTRDP")) != NULL) {
    const char *address = gw_at_parameter(parameters, 3);
    if (address != NULL && strncmp(address, "\"127.", strlen("\"127.")) == 0) modem->address_is_good = false;
  }
}
