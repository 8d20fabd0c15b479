"""Signatures, checked with the specification's own library."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.domain.secret import SecretString
from app.services.notices.signing import signature, signing_key

BYTES = st.binary(min_size=24, max_size=64)


def headers(key: bytes, body: bytes) -> dict[str, str]:
    now = int(datetime.now(UTC).timestamp())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(key, "msg_1", now, body),
    }


@given(secret=BYTES, prefixed=st.booleans(), padded=st.booleans())
def test_the_library_takes_our_signature(secret: bytes, prefixed: bool, padded: bool) -> None:
    text = b64encode(secret).decode()
    text = ("whsec_" if prefixed else "") + (text if padded else text.rstrip("="))
    key = signing_key(SecretString(text))
    assert key == secret
    body = '{"type":"matter.created","data":"¿sí? 😀"}'.encode()
    assert Webhook(text).verify(body, headers(key, body))
    with pytest.raises(WebhookVerificationError):
        Webhook(text).verify(body + b" ", headers(key, body))


@pytest.mark.parametrize("text", ["whsec_", "whsec_short", "whsec_" + "A" * 100, "whsec_%%%%"])
def test_a_prefixed_secret_that_is_no_key_is_none(text: str) -> None:
    assert signing_key(SecretString(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "a-webhook-secret-123",
        "secretsecret1234",
        "A" * 100,
        "base64 with other signs, which are not to be left out!",
    ],
)
def test_another_secret_signs_as_it_stands(text: str) -> None:
    assert signing_key(SecretString(text)) == text.encode()
