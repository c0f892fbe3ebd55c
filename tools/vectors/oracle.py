# What Python's own libraries and pyotp say about a row: written apart from the package, and as differently as it goes.
# Reads {"name": a function, "items": [...]} from standard input and writes the list of the answers.
import base64
import hashlib
import hmac
import importlib.metadata
import json
import platform
import re
import sys
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

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
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Refused("invalid-uri")


def number(text, least, most):
    if not re.fullmatch("[0-9]+", text) or not least <= int(text) <= most:
        raise Refused("invalid-uri")
    return int(text)


KNOWN = ("secret", "issuer", "algorithm", "digits", "period", "counter", "encoder")
ALGORITHMS = {h + "sha" + m + s: "SHA-" + s for h in ("", "hmac") for m in ("", "-") for s in ("1", "256", "512")}


def parameters(query):
    values = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = decode(name).lower()
        if name in values:
            raise Refused("invalid-uri")
        if name in KNOWN:
            values[name] = decode(value)
    return values


def secret_of(text):
    compact = text.replace(" ", "").replace("-", "").rstrip("=")
    if not compact:
        raise Refused("secret-too-short")
    if not compact.isascii() or not is_base32(compact.upper()):
        raise Refused("invalid-secret")
    return compact.upper()


def account(uri):
    parts = urlsplit(uri)
    type, label = parts.netloc.lower(), parts.path[1:]
    if parts.scheme not in ("otpauth", "apple-otpauth") or type not in ("totp", "hotp", "steam"):
        raise Refused("invalid-uri")
    prefix, separator, name = re.fullmatch("(?is)(?:(.*?)(:|%3a))?(.*)", label).groups()
    name = decode(re.sub("^( |%20)+", "", name) if separator else name)
    values = parameters(parts.query)
    if not name.strip() or "secret" not in values or values.get("encoder", "steam").lower() != "steam":
        raise Refused("invalid-uri")
    if "encoder" in values:
        if type == "hotp":
            raise Refused("invalid-uri")
        type = "steam"
    issuer = values.get("issuer") or decode(prefix or "")
    result = {"type": type, "secret": secret_of(values["secret"])}
    if issuer:
        result["issuer"] = issuer
    result["accountName"] = name
    if type == "steam":
        return {**result, "parameters": {"algorithm": "SHA-1", "digits": 5, "period": 30}}
    algorithm = values.get("algorithm", "sha1")
    if not algorithm.isascii() or algorithm.lower() not in ALGORITHMS:
        raise Refused("invalid-uri")
    shape = {"algorithm": ALGORITHMS[algorithm.lower()], "digits": number(values.get("digits", "6"), 6, 8)}
    if type == "hotp":
        return {**result, "parameters": shape, "counter": number(values.get("counter", ""), 0, 2**53 - 1)}
    return {**result, "parameters": {**shape, "period": number(values.get("period", "30"), 1, 86400)}}


def otpauth(uri):
    try:
        return {"account": account(uri)}
    except Refused as refused:
        return {"code": str(refused)}


# Questions and answers


def versions(_):
    return [importlib.metadata.version("pyotp"), platform.python_version()]


job = json.load(sys.stdin)
json.dump([globals()[job["name"]](item) for item in job["items"]], sys.stdout)
