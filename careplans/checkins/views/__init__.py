"""Pages of this room: the patient's, without sign-in, and those of staff."""
