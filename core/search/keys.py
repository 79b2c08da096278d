"""Keys of engines: taken as plain text or pydantic's SecretStr, shown nowhere."""

from pydantic import SecretStr

from core.errors import SettingsError


def key_of(secret: SecretStr | str, *, engine: str, variable: str) -> str:
    """The key as text.

    Raises:
        SettingsError: it is empty or cannot stand in a request's header.
    """
    key = (secret.get_secret_value() if isinstance(secret, SecretStr) else secret).strip()
    if not key or not key.isascii() or not key.isprintable():
        raise SettingsError(f"{engine} needs a key.", remedy=f"Set {variable} in the environment.")
    return key
