from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "careplans.accounts"

    def ready(self) -> None:
        from careplans.accounts import signals  # noqa: F401, PLC0415  # receivers register when imported
