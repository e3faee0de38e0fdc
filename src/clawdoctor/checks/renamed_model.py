"""The changes in openclaw.json that make an agent request a model under another name."""

from __future__ import annotations

from clawdoctor.chain.route import Route
from clawdoctor.source.change import Change, Put


def renamed_model(route: Route, name: str) -> tuple[Change, ...]:
    """Return the changes of the model id in the provider's list and in every reference to it."""
    changes = []
    if route.model is not None and route.provider.model(name) is None:
        node = route.model.node.get("id")
        assert node is not None, "a model without an id is no Model"
        changes.append(Put(node, name))
    for ref in route.refs:
        if ref.purpose == "chat" and ref.written.endswith(f"/{route.model_id}"):
            changes.append(Put(ref.node, f"{route.provider.id}/{name}"))
        elif ref.purpose == "embedding" and ref.written:
            changes.append(Put(ref.node, f"{ref.written.removesuffix(route.model_id)}{name}"))
    return tuple(changes)
