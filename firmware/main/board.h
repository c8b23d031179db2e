/* Pins and polarities of the reference board, docs/WIRING.md. */
#ifndef GW_BOARD_H
#define GW_BOARD_H

#include "port_esp.h"
#include "sdkconfig.h"

#define BOARD_CONSOLE_UART 0
#define BOARD_MODEM_UART 2
#define BOARD_METER_UART 1
#define BOARD_MODEM_BAUD 115200
#define BOARD_METER_BAUD 9600
/* The secure element shares no bus; above 300 kHz traffic on a shared one would wake it. */
#define BOARD_I2C_HZ 100000

#define BOARD_PINS                                                                                                 \
  {                                                                                                                \
      .mains = CONFIG_GW_PIN_MAINS, .modem_tx = CONFIG_GW_PIN_MODEM_TX, .modem_rx = CONFIG_GW_PIN_MODEM_RX,        \
      .modem_key = CONFIG_GW_PIN_MODEM_KEY, .modem_status = CONFIG_GW_PIN_MODEM_STATUS,                            \
      .meter_tx = CONFIG_GW_PIN_METER_TX, .meter_rx = CONFIG_GW_PIN_METER_RX,                                         \
  }

#endif
