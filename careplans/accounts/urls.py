"""Sign-in, the person's own page, invitations, staff and clinic.

Of allauth's pages only those that are needed: nobody registers, adds addresses or signs in by a mailed code here.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, include, path, re_path

from careplans.accounts.views import clinic, invitation, person, sent_again, session, staff

sign_in_urls: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", person.sign_out, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

second_factor_urls: list[URLPattern | URLResolver] = [
    path("", mfa.index, name="mfa_index"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("keys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("keys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("keys/<int:pk>/remove/", person.key_remove, name="mfa_remove_webauthn"),
    path("keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", person.start, name="start"),
    path("account/", person.person, name="account"),
    path("account/sign-out-elsewhere/", person.person_sign_out_elsewhere, name="account-sign-out-elsewhere"),
    path("account/sent-again/", sent_again.sent_again, name="sent-again"),
    path("account/session/", session.session_left, name="session-left"),
    path("account/session/stay/", session.session_stay, name="session-stay"),
    path("account/", include(sign_in_urls)),
    path("account/second-factor/", include(second_factor_urls)),
    path("invitation/", invitation.invitation_accept, name="invitation-accept"),
    path("invitation/<str:token>/", invitation.invitation_open, name="invitation-open"),
    path("clinic/", clinic.clinic_settings, name="clinic-settings"),
    path("clinic/switch/", clinic.clinic_switch, name="clinic-switch"),
    path("staff/", staff.staff_list, name="staff-list"),
    path("staff/invite/", staff.staff_invite, name="staff-invite"),
    path("staff/<uuid:pk>/roles/", staff.staff_roles, name="staff-roles"),
    path("staff/<uuid:pk>/languages/", staff.staff_languages, name="staff-languages"),
    path("staff/<uuid:pk>/second-factor/", staff.staff_second_factor, name="staff-second-factor"),
    path("staff/memberships/<uuid:pk>/end/", staff.staff_leave, name="staff-leave"),
    path("staff/invitations/<uuid:pk>/withdraw/", staff.invitation_withdraw, name="invitation-withdraw"),
]
