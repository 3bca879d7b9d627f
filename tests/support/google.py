"""Google's way to ask a bucket, answered by moto's S3: their XML requests are alike.

What obstore sends for gs:// is what Google documents; only three names of headers and
the credentials are translated, so what Google itself answers is not tried by this.
"""

import contextlib
import json
import os
from collections.abc import Iterator

from tests.support.buckets import imitated_bucket
from tests.support.gateway import Answered, Asked, Gateway

_KEY = "GOOGLE_SERVICE_ACCOUNT_KEY"
_CREDENTIAL = "digits/20260101/us-east-1/s3/aws4_request"
_SIGNED = f"AWS4-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders=host, Signature=0"


def _to_s3(asked: Asked) -> None:
    named = {name.lower(): value for name, value in asked.headers.items()}
    asked.headers = {k.replace("x-goog-", "x-amz-"): v for k, v in named.items()}
    if asked.headers.pop("x-amz-if-generation-match", None) == "0":
        asked.headers["if-none-match"] = "*"
    asked.headers["authorization"] = _SIGNED  # moto does not check it


def _to_google(_asked: Asked, answer: Answered) -> None:
    named = {name.lower(): value for name, value in answer.headers.items()}
    answer.headers = {k.replace("x-amz-", "x-goog-"): v for k, v in named.items()}


@contextlib.contextmanager
def imitated_google_bucket(name: str) -> Iterator[Gateway]:
    """What programs reach the empty bucket gs://NAME through."""
    with imitated_bucket(name), Gateway(os.environ["AWS_ENDPOINT_URL"]) as gateway:
        gateway.on_request, gateway.on_answer = _to_s3, _to_google
        nobody = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
        given = {"gcs_base_url": gateway.url, "disable_oauth": True, **nobody}
        before = os.environ.get(_KEY)
        os.environ[_KEY] = json.dumps(given)
        try:
            yield gateway
        finally:
            os.environ.pop(_KEY)
            if before is not None:
                os.environ[_KEY] = before
