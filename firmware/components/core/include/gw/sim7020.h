/*
 * SIM7020E: from no power to an address in the network, and back there after whatever happened to it. References in
 * brackets: [M] AT Command Manual V1.05, [L] Low Power note V1.03, [H] HTTP(S) note V1.04, all by the maker.
 *
 * The driver keeps the module attached: a last gasp has no time to search for a network. Clients (sim7020_http.h,
 * sim7020_mqtt.h) send their commands through `at` while the driver is READY, one client at a time.
 */
#ifndef GW_SIM7020_H
#define GW_SIM7020_H

#include "gw/at.h"
#include "gw/clock.h"

#define GW_SIM7020_APN_MAX 63u

struct gw_sim7020_config {
  const char *apn;          /* 1 .. GW_SIM7020_APN_MAX characters */
  const char *apn_user;     /* "" without */
  const char *apn_password; /* "" without */
};

enum gw_sim7020_phase {
  GW_SIM7020_WAKING,   /* AT until it answers: it may run, sleep or be off */
  GW_SIM7020_KEY_DOWN, /* PWRKEY is held */
  GW_SIM7020_BOOTING,
  GW_SIM7020_SETTING_UP, /* the script of sim7020_setup.c */
  GW_SIM7020_READY,
  GW_SIM7020_ASLEEP, /* power saving mode: deaf until PWRKEY */
  GW_SIM7020_SHUTTING_DOWN,
  GW_SIM7020_RESTING /* all was tried; the next round comes later */
};

/* A client of the module, told what concerns it. */
struct gw_sim7020_client {
  void *ctx;
  void (*line)(void *ctx, const char *line);
  void (*block)(void *ctx, char byte);
  void (*stream)(void *ctx, char byte);
};

struct gw_sim7020 {
  struct gw_at at;
  struct gw_at_owner owner;
  const struct gw_sim7020_config *config;
  const struct gw_modem_pins *pins;
  const struct gw_log *log;
  struct gw_clock *clock;
  const struct gw_sim7020_client *client;
  int64_t now_ms; /* of the poll under way */
  enum gw_sim7020_phase phase;
  int64_t until_ms; /* end of a phase that only waits */
  uint8_t tries;
  uint8_t key_presses; /* since the module last answered */
  uint8_t failures; /* in a row, of the module */
  uint8_t silences; /* in a row, of the server behind it */
  bool wanted;      /* someone has something to send */
  /* script */
  uint8_t step;
  int64_t step_began_ms;
  int64_t again_ms;
  bool saved_settings; /* written once per power-on of the core: they act after a restart of the module */
  bool cycle_radio;    /* the script is to begin with the radio switched off */
  /* what the module said */
  bool echo_is_off;
  bool sim_ready;
  bool time_settings_on;
  bool apn_is_set;
  bool address_is_good;
  bool went_down;
  bool restarted;
  int32_t registration; /* <stat> of +CEREG */
};

/* `client` may be set later; all pointers must outlive the driver. */
void gw_sim7020_init(struct gw_sim7020 *modem, const struct gw_sim7020_config *config,
                     const struct gw_stream *uart, const struct gw_modem_pins *pins,
                     struct gw_clock *clock, const struct gw_log *log);

void gw_sim7020_poll(struct gw_sim7020 *modem, int64_t now_ms);
int64_t gw_sim7020_wake_ms(const struct gw_sim7020 *modem, int64_t now_ms);

/* Attached, with an address and no setting-up left: commands of a client may be sent. */
bool gw_sim7020_ready(const struct gw_sim7020 *modem);
/* Something is to be sent, or no longer: ends sleep, and looks for the network where it was lost. */
void gw_sim7020_want(struct gw_sim7020 *modem, bool wanted);
/* Nothing will be sent for long, and every joule counts: the module may enter its power saving mode. */
void gw_sim7020_let_sleep(struct gw_sim7020 *modem);

/* A client got no answer to a command: the module itself is in doubt. */
void gw_sim7020_fail(struct gw_sim7020 *modem, const char *word);
/* The module works, the server did not answer. From time to time that is the module's fault all the same. */
void gw_sim7020_no_server(struct gw_sim7020 *modem);
/* An answer came from the server: all is well. */
void gw_sim7020_succeeded(struct gw_sim7020 *modem);

#endif
