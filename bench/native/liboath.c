/* The library behind oathtool. */
#include <liboath/oath.h>

#include "harness.h"

static char output[DIGITS + 1];

static const char *version(void) { return oath_check_version(NULL); }

static void prepare(void)
{
  if (oath_init() != OATH_OK) fail("oath_init");
}

static const char *generate(const char *secret, size_t length, time_t now)
{
  if (oath_totp_generate(secret, length, now, PERIOD, 0, DIGITS, output) != OATH_OK) fail("oath_totp_generate");
  return output;
}

static const char *code_with_key(time_t now, const char *code)
{
  (void)code;
  return generate(SECRET_BYTES, strlen(SECRET_BYTES), now);
}

static char *decode(size_t *length)
{
  char *secret;
  if (oath_base32_decode(SECRET, strlen(SECRET), &secret, length) != OATH_OK) fail("oath_base32_decode");
  return secret;
}

static const char *code_from_base32(time_t now, const char *code)
{
  (void)code;
  size_t length;
  char *secret = decode(&length);
  generate(secret, length, now);
  free(secret);
  return output;
}

static const char *validate(time_t now, const char *code, size_t window)
{
  size_t length;
  char *secret = decode(&length);
  int position = oath_totp_validate(secret, length, now, PERIOD, 0, window, code);
  free(secret);
  if (position < 0 && position != OATH_INVALID_OTP) fail("oath_totp_validate");
  return position >= 0 ? "1" : "0";
}

static const char *verify_from_base32(time_t now, const char *code) { return validate(now, code, 1); }

static const char *resynchronize(time_t now, const char *code) { return validate(now, code, LONG_WINDOW); }

static call_type find(const char *name)
{
  if (strcmp(name, "codeFromBase32") == 0) return code_from_base32;
  if (strcmp(name, "codeWithKey") == 0) return code_with_key;
  if (strcmp(name, "verifyFromBase32") == 0) return verify_from_base32;
  if (strcmp(name, "resynchronize") == 0) return resynchronize;
  return NULL;
}
