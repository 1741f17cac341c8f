"""CLIP with a vision transformer in plain PyTorch, to compare with: weights by OpenAI's names, logits of images and prompts.

clip_in_pytorch.py write FOLDER MODEL   random weights in several formats, images.f32, tokens.i32 and logits.f32
clip_in_pytorch.py read FOLDER FILE MODEL   logits of a safetensors file for these images and tokens, as read.f32
"""
import json
import math
import struct
import sys
from collections import OrderedDict
from pathlib import Path

import torch
import torch.nn.functional as F

models = {
    # embed, image, patch, vision width and depth, context, tokens, text width and depth, images
    "tiny": (24, 48, 16, 128, 2, 20, 40, 64, 2, 4),
    "ViT-B/32": (512, 224, 32, 768, 12, 77, 49408, 512, 12, 16),
}


def create_weights(embed, image, patch, width, depth, context, tokens, text_width, text_depth):
    generator = torch.Generator().manual_seed(7)
    normal = lambda *shape, scale=1.0: torch.randn(*shape, generator=generator) * scale
    state = OrderedDict()

    def norm(name, size):
        state[f"{name}.weight"] = 1 + normal(size, scale=0.1)
        state[f"{name}.bias"] = normal(size, scale=0.1)

    def blocks(prefix, size, count):
        for index in range(count):
            name = f"{prefix}.{index}"
            norm(f"{name}.ln_1", size)
            norm(f"{name}.ln_2", size)
            for part, (outputs, inputs) in {
                "attn.in_proj_": (3 * size, size),
                "attn.out_proj.": (size, size),
                "mlp.c_fc.": (4 * size, size),
                "mlp.c_proj.": (size, 4 * size),
            }.items():
                state[f"{name}.{part}weight"] = normal(outputs, inputs, scale=inputs**-0.5)
                state[f"{name}.{part}bias"] = normal(outputs, scale=0.1)

    state["visual.class_embedding"] = normal(width, scale=width**-0.5)
    state["visual.positional_embedding"] = normal((image // patch) ** 2 + 1, width, scale=width**-0.5)
    state["visual.conv1.weight"] = normal(width, 3, patch, patch, scale=(3 * patch * patch) ** -0.5)
    norm("visual.ln_pre", width)
    blocks("visual.transformer.resblocks", width, depth)
    norm("visual.ln_post", width)
    state["visual.proj"] = normal(width, embed, scale=width**-0.5)
    state["token_embedding.weight"] = normal(tokens, text_width, scale=0.02)
    state["positional_embedding"] = normal(context, text_width, scale=0.01)
    blocks("transformer.resblocks", text_width, text_depth)
    norm("ln_final", text_width)
    state["text_projection"] = normal(text_width, embed, scale=text_width**-0.5)
    state["logit_scale"] = torch.tensor(math.log(1 / 0.07))
    return state


def norm(state, name, x):
    return F.layer_norm(x, x.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"], 1e-5)


def transformer(state, prefix, x, causal):
    depth = len({name.split(".")[prefix.count(".") + 1] for name in state if name.startswith(f"{prefix}.")})
    batch, length, width = x.shape
    heads = max(1, width // 64)
    for index in range(depth):
        name = f"{prefix}.{index}"
        packed = F.linear(norm(state, f"{name}.ln_1", x), state[f"{name}.attn.in_proj_weight"], state[f"{name}.attn.in_proj_bias"])
        query, key, value = packed.view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=causal).transpose(1, 2).reshape(batch, length, width)
        x = x + F.linear(mixed, state[f"{name}.attn.out_proj.weight"], state[f"{name}.attn.out_proj.bias"])
        hidden = F.linear(norm(state, f"{name}.ln_2", x), state[f"{name}.mlp.c_fc.weight"], state[f"{name}.mlp.c_fc.bias"])
        x = x + F.linear(hidden * torch.sigmoid(1.702 * hidden), state[f"{name}.mlp.c_proj.weight"], state[f"{name}.mlp.c_proj.bias"])
    return x


def compute_logits(state, images, tokens):
    kernel = state["visual.conv1.weight"]
    patches = F.conv2d(images, kernel, stride=kernel.shape[-1]).flatten(2).transpose(1, 2)
    first = state["visual.class_embedding"].expand(len(images), 1, -1)
    x = torch.cat([first, patches], 1) + state["visual.positional_embedding"]
    x = transformer(state, "visual.transformer.resblocks", norm(state, "visual.ln_pre", x), False)
    image = norm(state, "visual.ln_post", x[:, 0]) @ state["visual.proj"]
    x = state["token_embedding.weight"][tokens] + state["positional_embedding"][: tokens.shape[1]]
    x = norm(state, "ln_final", transformer(state, "transformer.resblocks", x, True))
    text = x[torch.arange(len(tokens)), tokens.argmax(1)] @ state["text_projection"]
    return image @ text.T / 10


def load_safetensors(path):
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert header.pop("__metadata__") == {"format": "pt"}
    state = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32"
        content = bytearray(data[8 + length + begin : 8 + length + end])
        state[name] = torch.frombuffer(content, dtype=torch.float32).reshape(entry["shape"])
    return state


def write(folder, model):
    *sizes, count = models[model]
    state = create_weights(*sizes)
    _, image, _, _, _, context, tokens, _, _ = sizes
    images = torch.randn(count, 3, image, image, generator=torch.Generator().manual_seed(1))
    prompts = torch.zeros(10, context, dtype=torch.int32)
    for index in range(10):
        prompts[index, : index + 3] = torch.tensor([tokens - 2, *range(1, index + 2), tokens - 1])
    torch.save(state, folder / "state-dict.pt")
    if model == "tiny":
        parallel = {"model": OrderedDict((f"module.{name}", value) for name, value in state.items())}
        torch.save(parallel, folder / "legacy.pth", _use_new_zipfile_serialization=False)
        views = OrderedDict((name, value.t().contiguous().t() if value.dim() == 2 else value) for name, value in state.items())
        torch.save(views, folder / "views.pt")
    with torch.inference_mode():
        logits = compute_logits(state, images, prompts.long())
    for name, value in {"images.f32": images, "tokens.i32": prompts, "logits.f32": logits}.items():
        (folder / name).write_bytes(value.contiguous().numpy().tobytes())


def read(folder, file, model):
    _, image, _, _, _, context, *_, count = models[model]
    load = lambda name, dtype: torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=dtype)
    images = load("images.f32", torch.float32).reshape(count, 3, image, image)
    tokens = load("tokens.i32", torch.int32).reshape(10, context)
    with torch.inference_mode():
        logits = compute_logits(load_safetensors(file), images, tokens.long())
    (folder / "read.f32").write_bytes(logits.contiguous().numpy().tobytes())


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"write": write, "read": read}[command](Path(folder), *rest)
