# What Python's own libraries and pyotp say about a row: independent of the package, and as different as possible.
# Reads {"name": a function, "items": [...]} from standard input and writes the list of answers.
import base64
import hashlib
import hmac
import importlib.metadata
import json
import platform
import re
import sys
from datetime import datetime, timedelta, timezone
from unicodedata import bidirectional, category
from urllib.parse import unquote

import pyotp

HASHES = {"SHA-1": hashlib.sha1, "SHA-256": hashlib.sha256, "SHA-512": hashlib.sha512}


# Codes


def base32(hexadecimal):
    return base64.b32encode(bytes.fromhex(hexadecimal)).decode()


def code(row):  # by pyotp, as its users call it; it knows no t0
    secret, hash = base32(row["key"]), HASHES[row["algorithm"]]
    if "time" not in row:
        return pyotp.HOTP(secret, digits=row["digits"], digest=hash).at(row["counter"])
    time = row["time"]
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=time["seconds"] - time["t0"])
    return pyotp.TOTP(secret, digits=row["digits"], digest=hash, interval=time["period"]).at(moment)


def mac(row):
    return hmac.new(bytes.fromhex(row["key"]), bytes.fromhex(row["data"]), HASHES[row["algorithm"]]).hexdigest()


def truncation(row):
    mac = bytes.fromhex(row["mac"])
    offset = mac[-1] % 16
    truncated = int.from_bytes(mac[offset : offset + 4], "big") % 2**31
    code = str(truncated)[-row["digits"] :].zfill(row["digits"])
    return {**row, "offset": offset, "truncated": truncated, "code": code}


def steam(row):  # the five characters, the lowest place first
    mac = hmac.digest(bytes.fromhex(row["key"]), (row["seconds"] // 30).to_bytes(8, "big"), "sha1")
    offset = mac[-1] % 16
    number = int.from_bytes(mac[offset : offset + 4], "big") % 2**31
    letters = ""
    for _ in range(5):
        number, place = divmod(number, 26)
        letters += "23456789BCDFGHJKMNPQRTVWXY"[place]
    return letters


def is_base32(text):  # strictly: the one way, or the two ways, in which its bytes are written
    try:
        padded = base64.b32encode(base64.b32decode(text + "=" * (-len(text) % 8))).decode()
    except ValueError:
        return False
    return text in (padded, padded.rstrip("="))


# A second reader of otpauth URIs, by the rules in vectors/README.md


class Refused(Exception):
    pass


def decode(text):
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise Refused("invalid-uri")
    try:
        return unquote(text, errors="strict").strip(BLANK)
    except UnicodeDecodeError:
        raise Refused("invalid-uri")


BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def name_of(text):
    """Percent-encoding is decoded byte by byte; a run of it that is not UTF-8 is plain text."""
    pieces = re.split("((?:%[0-9A-Fa-f]{2})+)", text)
    for place in range(1, len(pieces), 2):
        try:
            pieces[place] = bytes.fromhex(pieces[place].replace("%", "")).decode()
        except UnicodeDecodeError:
            pass
    kept = (c for c in "".join(pieces) if category(c) not in ("Cc", "Zl", "Zp", "Cs") and bidirectional(c) not in TURNING)
    return "".join(kept).strip(BLANK)


TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def names_of(label, issuer):
    """The issuer and the account name."""
    parts = [name_of(part) for part in re.split("(?i:%3A)|:", label)]
    prefixes = [":".join(parts[:count]) for count in range(1, len(parts))]
    readings = [name_of(issuer), name_of(issuer.replace("+", " "))] if name_of(issuer) else []
    for reading in readings:
        for count, prefix in enumerate(prefixes, 1):
            if re.sub(" *: *", ":", prefix).lower() == re.sub(" *: *", ":", reading).lower():
                return reading, name_of(rest(label, count))
    if not prefixes:
        return (readings or [""])[0], parts[0]
    return (readings or [prefixes[0]])[0], name_of(rest(label, 1))


def rest(label, count):
    """What lies behind so many colons."""
    return re.match("(?is)(?:.*?(?::|%3A)){" + str(count) + "}(.*)", label)[1]


def number(text, least, most):
    if not re.fullmatch("[0-9]+", text) or not least <= int(text) <= most:
        raise Refused("invalid-uri")
    return int(text)


KNOWN = ("secret", "issuer", "algorithm", "digits", "period", "counter", "encoder", "image")
ALGORITHMS = {h + "sha" + m + s: "SHA-" + s for h in ("", "hmac") for m in ("", "-") for s in ("1", "256", "512")}


def parameters(query):
    """The known parameters as they are written. A # belongs to a value that another known parameter follows."""
    pairs = [pair.partition("=")[::2] for pair in query.split("&")]
    known = [(unquote(name).lower().strip(), value) for name, value in pairs]
    known = [(name, value) for name, value in known if name in KNOWN]
    values = dict(known[:-1] + [(name, value.split("#")[0]) for name, value in known[-1:]])
    repeated = [name for name, _ in known if [other for other, _ in known].count(name) > 1]
    if set(repeated) - {"image"}:
        raise Refused("invalid-uri")
    if repeated:
        del values["image"]
    return values


def secret_of(text):
    compact = re.sub("={1,6}$", "", re.sub("[\t\n\r -]", "", text.strip(BLANK)))
    if not compact:
        raise Refused("secret-too-short")
    if not re.fullmatch("[A-Za-z2-7]+", compact) or len(compact) % 8 in (1, 3, 6):
        raise Refused("invalid-secret")
    padded = compact.upper() + "=" * (-len(compact) % 8)  # b32decode drops left-over bits
    return base64.b32encode(base64.b32decode(padded)).decode().rstrip("=")


def account(uri):
    uri = uri.strip(BLANK)
    steam = re.fullmatch("(?i:steam)://([^/?#]+)/?", uri)
    if steam:
        return {"type": "steam", "secret": secret_of(decode(steam[1])), "accountName": "", "parameters": STEAM}
    parts = re.fullmatch("(?is)(?:apple-)?otpauth://(totp|hotp|steam)(?:/(.*?))?[?](.*)", uri)
    if not parts:
        raise Refused("invalid-uri")
    type, label, values = parts[1].lower(), parts[2] or "", parameters(parts[3])
    encoder = decode(values.get("encoder", "steam")).lower()
    if "secret" not in values or encoder != "steam" or ("encoder" in values and type == "hotp"):
        raise Refused("invalid-uri")
    if "encoder" in values:
        type = "steam"
    issuer, name = names_of(label, values.get("issuer", ""))
    image = name_of(values.get("image", ""))
    result = {"type": type, "secret": secret_of(decode(values["secret"]))}
    if issuer:
        result["issuer"] = issuer
    result["accountName"] = name
    if re.fullmatch("(?i)https://[^/?#\\s][^\\s]*", image):
        result["image"] = image
    if type == "steam":
        return {**result, "parameters": STEAM}
    algorithm = decode(values.get("algorithm", "sha1"))
    if not algorithm.isascii() or algorithm.lower() not in ALGORITHMS:
        raise Refused("invalid-uri")
    digits = number(decode(values.get("digits", "6")), 6, 8)
    shape = {"algorithm": ALGORITHMS[algorithm.lower()], "digits": digits}
    if type == "hotp":
        return {**result, "parameters": shape, "counter": number(decode(values.get("counter", "")), 0, 2**53 - 1)}
    return {**result, "parameters": {**shape, "period": number(decode(values.get("period", "30")), 1, 86400)}}


STEAM = {"algorithm": "SHA-1", "digits": 5, "period": 30}


def otpauth(uri):
    try:
        return {"account": account(uri)}
    except Refused as refused:
        return {"code": str(refused)}


def secret(text):
    try:
        letters = secret_of(text)
        return {"key": base64.b32decode(letters + "=" * (-len(letters) % 8)).hex()}
    except Refused as refused:
        return {"code": str(refused)}


# Questions and answers


def versions(_):
    return [importlib.metadata.version("pyotp"), platform.python_version()]


job = json.load(sys.stdin)
json.dump([globals()[job["name"]](item) for item in job["items"]], sys.stdout)
