"""Linear layers that are quicker on this processor than the library's. Importing this imports torch.

Either their weights are laid out for it once, instead of anew at each call: for the dozen tokens of a question that
layout (oneDNN's, which torch's compiler uses as well) costs more than the product itself, and encoding one takes two
thirds of the processor time without it. Or they are rounded to eight bits, which halves the time of the product for
the hundreds of tokens of a draft.
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


class RoundedLinear(torch.nn.Module):
    """What `linear` does, nearly, with its weights and the rows it is given rounded to eight bits; it takes and gives
    float32.

    Each row of either is rounded by its own largest value, so that what else a call holds decides nothing.
    """

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        with torch.inference_mode():
            weight, scale = _rounded(linear.weight.detach().float())
            self._weight, self._scale = weight.t(), scale.squeeze(1)
            self._bias = torch.zeros(len(weight)) if linear.bias is None else linear.bias.detach().float()

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows through the layer."""
        given, scale = _rounded(rows.flatten(0, -2))
        found = torch.addcmul(self._bias, torch._int_mm(given, self._weight) * scale, self._scale)
        return found.reshape(*rows.shape[:-1], -1)


def _rounded(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Whole numbers from -127 to 127, and what those of each row are to be multiplied with."""
    scale = rows.abs().amax(dim=1, keepdim=True).clamp_(min=1e-9).div_(127)
    return (rows / scale).round_().to(torch.int8), scale


def packed(module: torch.nn.Module, kind: torch.dtype) -> bool:
    """Replace every linear layer inside `module`, whose weights become of type `kind` (int8 for rounded ones); False,
    and nothing is changed, where this torch cannot.
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
        made = [RoundedLinear(child) if kind == torch.int8 else PackedLinear(child, kind) for _, _, child in places]
    except (AttributeError, NotImplementedError, RuntimeError):
        return False
    for (parent, name, _), layer in zip(places, made, strict=True):
        setattr(parent, name, layer)
    return bool(made)
