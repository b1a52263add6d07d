"""Forms that know the parts in the rooms: a part is a key of the YAML as soon as its file is there."""

from __future__ import annotations

from typing import Any

from pydantic import AfterValidator, BaseModel, Field, create_model

from pipeline import rooms


def part_of(room: str) -> AfterValidator:
    """Takes the name of a part of a room and nothing else."""

    def known(name: str) -> str:
        if name not in rooms.names(room):
            raise ValueError(f"one of {', '.join(map(repr, rooms.names(room)))}")
        return name

    return AfterValidator(known)


def speech_model() -> AfterValidator:
    """Takes what speech can be recognised with: a checkpoint of the catalogue, or the name of a file of one's own."""

    def known(name: str) -> str:
        from pipeline import weights

        offered = weights.checkpoints()
        if name not in offered and not name.endswith(weights.CHECKPOINT):
            raise ValueError(f"one of {', '.join(map(repr, offered))}, or a .pt file")
        return name

    return AfterValidator(known)


def with_settings_of(room: str, base: type[BaseModel], name: str) -> type[BaseModel]:
    """The base with one key for each part of a room that has something to set."""
    forms = {part: rooms.part(room, part).Settings for part in rooms.names(room)}
    fields: dict[str, Any] = {part: (form, form()) for part, form in forms.items() if form.model_fields}
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)


def with_parts_of(room: str, base: type[BaseModel], name: str, *, on: tuple[str, ...]) -> type[BaseModel]:
    """The base with one key for each part of a room; null turns one off, and those not in `on` are off by default."""
    fields: dict[str, Any] = {}
    for part in rooms.names(room):
        form = rooms.part(room, part).Settings
        fields[part] = (form | None, Field(default_factory=form) if part in on else None)
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)
