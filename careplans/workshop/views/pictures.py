"""A picture that the clinic uploaded, to staff of that clinic alone."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.own_picture_files import own_pictures, stored_content
from careplans.library.own_pictures import OwnPicture, own_code
from careplans.library.upload import ENDINGS


@require_safe
@requires(Permission.SEE_LIBRARY)
def own_picture(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Exactly what was kept. Opened by itself it may do nothing but be looked at."""
    picture = own_pictures(request.clinic.pk, [own_code(pk)]).get(own_code(pk))
    content = stored_content(picture) if picture else None
    if picture is None or content is None:
        raise Http404
    media_type = OwnPicture.MediaType(picture.media_type)
    response = HttpResponse(content, content_type=str(media_type))
    response["Content-Disposition"] = f'inline; filename="picture-{picture.pk}.{ENDINGS[media_type]}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
