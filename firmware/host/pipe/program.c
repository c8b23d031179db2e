#include "program.h"

#include "port_pipe.h"

#include <stdlib.h>

/* Steps in a row without time going on: more is a loop that would drain the battery. */
#define STEPS_AT_ONCE_MAX 10000u

/* Steps until `until_ms`, or until the core told something: time stands still while the harness hears it. */
static int64_t run(const struct host_program *program, int64_t now_ms, int64_t until_ms) {
  unsigned at_once = 0;
  for (;;) {
    host_mains_now(now_ms);
    int64_t next_ms = program->step(now_ms);
    if (host_spoke() || now_ms >= until_ms) return now_ms;
    if (next_ms > until_ms) next_ms = until_ms;
    at_once = next_ms > now_ms ? 0 : at_once + 1u;
    if (at_once > STEPS_AT_ONCE_MAX) exit(EXIT_FAILURE);
    if (next_ms > now_ms) now_ms = next_ms;
  }
}

int host_serve(const struct host_program *program, int argc, char **argv) {
  static uint8_t frame[FRAME_MAX];
  int64_t now_ms = 0;
  for (;;) {
    size_t len = 0;
    const enum frame_kind kind = frame_read(frame, &len);
    switch (kind) {
      case FRAME_BEGIN:
        program->begin(argc, argv);
        frame_done(now_ms);
        break;
      case FRAME_UART:
        host_uart_arrive(frame, len);
        break;
      case FRAME_RUN:
        now_ms = run(program, now_ms, frame_int64(frame));
        frame_done(now_ms);
        break;
      default:
        if (!program->take(kind, frame, len, now_ms)) return EXIT_FAILURE;
    }
  }
}
