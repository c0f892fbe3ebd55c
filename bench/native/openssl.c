/* OpenSSL 3 as a program in C would use it for many codes of one secret: an HMAC whose key was set once, RFC 4226 §5.3 by
 * hand. It has no base32. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdint.h>

#include "harness.h"

static EVP_MAC_CTX *prepared;
static char output[DIGITS + 1];

static const char *version(void) { return OpenSSL_version(OPENSSL_VERSION_STRING); }

static void prepare(void)
{
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", "SHA1", 0), OSSL_PARAM_construct_end()};
  EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  prepared = EVP_MAC_CTX_new(mac);
  if (!EVP_MAC_init(prepared, (const unsigned char *)SECRET_BYTES, strlen(SECRET_BYTES), parameters)) fail("EVP_MAC_init");
}

static uint32_t number_at(uint64_t counter)
{
  unsigned char message[8];
  unsigned char mac[EVP_MAX_MD_SIZE];
  size_t length;
  for (int index = 7; index >= 0; index--, counter >>= 8) message[index] = counter & 0xff;
  /* Without a key it begins anew with the one it has. This is faster than EVP_MAC_CTX_dup. */
  if (!EVP_MAC_init(prepared, NULL, 0, NULL) || !EVP_MAC_update(prepared, message, sizeof message) ||
      !EVP_MAC_final(prepared, mac, &length, sizeof mac))
    fail("EVP_MAC");
  const unsigned char *part = mac + (mac[length - 1] & 0xf);
  return (((uint32_t)(part[0] & 0x7f) << 24) | ((uint32_t)part[1] << 16) | ((uint32_t)part[2] << 8) | part[3]) % 1000000;
}

static const char *code_with_key(time_t now, const char *code)
{
  (void)code;
  uint32_t number = number_at(now / PERIOD);
  for (int index = DIGITS - 1; index >= 0; index--, number /= 10) output[index] = '0' + number % 10;
  return output;
}

static const char *resynchronize(time_t now, const char *code)
{
  uint32_t wanted = atoi(code);
  int found = 0;
  for (int step = -LONG_WINDOW; step <= LONG_WINDOW; step++) found |= number_at(now / PERIOD + step) == wanted;
  return found ? "1" : "0";
}

static call_type find(const char *name)
{
  if (strcmp(name, "codeWithKey") == 0) return code_with_key;
  if (strcmp(name, "resynchronize") == 0) return resynchronize;
  return NULL;
}
