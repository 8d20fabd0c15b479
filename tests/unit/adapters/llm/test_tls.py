"""A model's server behind TLS: its certificate is checked, and its end is known."""

import math
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from prometheus_client import REGISTRY
from werkzeug.serving import make_server

from app.observability import upstreams
from app.ports import ModelFailed
from sandbox.language_model import create_language_model
from tests.unit.adapters.llm.conftest import NewModel, prompt


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def url(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = make_server("localhost", 0, create_language_model(), True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_of_a_foreign_authority_is_refused(new_model: NewModel, url: str) -> None:
    with pytest.raises(ModelFailed) as raised:
        new_model(base_url=url).propose(prompt)
    assert raised.value.outcome == "unavailable"


def test_a_private_authority_is_named_as_openssl_wants_it(
    new_model: NewModel,
    url: str,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    upstreams.begin(None, None)
    assert new_model(base_url=url).propose(prompt).values
    name = "team_secrets_certificate_expiry_timestamp_seconds"
    end = REGISTRY.get_sample_value(name, {"certificate": "llm_server"})
    assert end is not None
    assert math.isfinite(end)
