"""The API's description: valid, complete, and true to the routes."""

from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from tests.http.answers import data_of
from tests.rig import Caller, Stage, TeamOnStage
