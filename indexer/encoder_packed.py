"""Linear layers whose weights are laid out once for this processor, instead of anew at each call.

For the dozen tokens of a question that layout (oneDNN's, which torch's compiler uses as well) costs more than the
product itself: encoding one takes two thirds of the processor time without it. Importing this imports torch.
"""

from __future__ import annotations

import torch


class PackedLinear(torch.nn.Module):
    """What `linear` does with its weights in type `kind`, for rows of any type, which it gives back in theirs; it has
    no weights of its own that could be trained or saved.
    """

    def __init__(self, linear: torch.nn.Linear, kind: torch.dtype) -> None:
        super().__init__()
        self._kind = kind
        with torch.inference_mode():
            self._weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach().to(kind))
            self._bias = None if linear.bias is None else linear.bias.detach().to(kind)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows through the layer."""
        given = rows.to(self._kind)
        found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(given, self._weight, self._bias, "none", [], "")
        return found.to(rows.dtype)


def packed(module: torch.nn.Module, kind: torch.dtype) -> bool:
    """Replace every linear layer inside `module`, whose weights become of type `kind`; False, and nothing is changed,
    where this torch cannot.
    """
    places = [
        (parent, name, child)
        for parent in module.modules()
        for name, child in parent.named_children()
        if type(child) is torch.nn.Linear
    ]
    try:
        if kind == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
            return False
        made = [PackedLinear(child, kind) for _, _, child in places]
    except (AttributeError, NotImplementedError, RuntimeError):
        return False
    for (parent, name, _), layer in zip(places, made, strict=True):
        setattr(parent, name, layer)
    return bool(made)
