"""The adapters: Vault, Blawby, the shared cache, and what resolves a team by them."""

from dataclasses import dataclass

from flask import Flask

from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.blawby.guards import GuardRules
from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.cache.generations import SharedGenerations
from app.adapters.cache.pauses import SharedPauses
from app.adapters.cache.rate_counters import RateCounters, rate_counters
from app.adapters.cache.server import shared_server
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import (
    AppRoleLogin,
    JwtLogin,
    LoginMethod,
    NoLogin,
    TokenFileLogin,
)
from app.adapters.vault.logins import VaultLogins
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
from app.observability import metrics
from app.schemas.stored_config import read_config
from app.services.resolution.resolver import Resolution
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """One of each for the whole app."""

    vault: VaultAddresses
    login: ServiceLogin
    agents: AgentTokens
    source: VaultTeamSource
    registries: VaultTeamRegistries
    stores: VaultSecretStores
    logins: VaultLogins
    gateways: BlawbyGateways
    generations: SharedGenerations
    counter: RateCounters
    resolution: Resolution


def adapters_of(app: Flask, settings: Settings) -> Outside:
    """Connects to nothing yet. Makes the cache directory."""
    namespace, mount = settings.vault_namespace, settings.vault_kv_mount
    vault = VaultAddresses(
        settings.vault_addr,
        settings.vault_timeout,
        settings.vault_cacert,
        most_calls=max(1, settings.worker_threads * 3 // 4),
    )
    login = ServiceLogin(vault, _login_method(settings), namespace)
    agents = AgentTokens(login, vault, mount, namespace)
    source = VaultTeamSource(login, agents, mount, read_config)
    own_directory(settings.cache_dir)
    shared_cache = shared_server(settings.cache_redis_url, settings.cache_redis_cacert)
    generations = shared_generations(app, shared_cache, settings.cache_dir)
    counter = rate_counters(shared_cache, settings.cache_dir)
    return Outside(
        vault,
        login,
        agents,
        source,
        VaultTeamRegistries(vault, mount, read_config, namespace),
        VaultSecretStores(vault, mount, namespace),
        VaultLogins(vault, settings.vault_role_id, namespace),
        _gateways(settings, SharedPauses(counter)),
        generations,
        counter,
        Resolution(
            source,
            generations,
            worker_memory(app, settings.cache_threshold),
            settings.config_cache_ttl,
            settings.config_stale_if_error,
            observe=metrics.count_resolution,
        ),
    )


def _gateways(settings: Settings, pauses: SharedPauses) -> BlawbyGateways:
    guards = GuardRules.of_a_worker(
        settings.worker_threads, settings.blawby_concurrency, settings.stream_concurrency
    )
    return BlawbyGateways(settings.blawby_api_url, settings.blawby_timeout, guards, pauses=pauses)


def _login_method(settings: Settings) -> LoginMethod:
    """The one that VAULT_AUTH names; none for a command that was given none."""
    match settings.vault_auth:
        case "approle" if settings.vault_role_id:
            return AppRoleLogin(settings.vault_role_id, settings.vault_secret_id)
        case "jwt" if settings.vault_jwt_role and settings.vault_jwt_file:
            return JwtLogin(settings.vault_jwt_role, settings.vault_jwt_file)
        case "token_file" if settings.vault_token_file:
            return TokenFileLogin(settings.vault_token_file)
    return NoLogin()
