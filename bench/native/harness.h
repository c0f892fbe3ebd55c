/* What the programs in C have in common: a fixed number of calls, and the processor time that they took.
 *
 *     PROGRAM version
 *     PROGRAM CALL COUNT SECONDS [CODE]     SECONDS 0: every call reads the clock itself
 *
 * prints the microseconds of one call and what the last one answered: a code, or 1 for a match and 0 for none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define SECRET_BYTES "12345678901234567890"
#define PERIOD 30
#define DIGITS 6
#define LONG_WINDOW 500

typedef const char *(*call_type)(time_t now, const char *code);

/* These three are the program's own. */
static const char *version(void);
static void prepare(void);
static call_type find(const char *name);

static double processor_microseconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void fail(const char *what)
{
  fprintf(stderr, "%s\n", what);
  exit(1);
}

int main(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "version") == 0) return puts(version()) < 0;
  if (argc < 4) fail("CALL COUNT SECONDS [CODE]");
  call_type call = find(argv[1]);
  if (call == NULL) fail("no such call");
  long count = atol(argv[2]);
  time_t at = atoll(argv[3]);
  const char *code = argc > 4 ? argv[4] : "";
  prepare();
  const char *result = call(at ? at : time(NULL), code); /* the first call finds and loads what it needs */
  double start = processor_microseconds();
  for (long index = 0; index < count; index++) result = call(at ? at : time(NULL), code);
  printf("%.6f %s\n", (processor_microseconds() - start) / count, result);
  return 0;
}
