"""CLIP and the method's training in plain PyTorch, to compare with. Files in FOLDER that the tests write: images.f32
[count, side, side, 3], tokens.i32 [labels, context]; for training also targets.f32 [count, labels] and training.json.

clip.py write FOLDER MODEL   random weights by OpenAI's names: state-dict.pt, and more formats of the small model
clip.py logits FOLDER FILE   logits of these images and tokens by the weights in FILE, as logits.f32
clip.py train FOLDER         trains state-dict.pt in float64 and several times in float32: training-in-pytorch.json
clip.py compare FOLDER       distances of step-1.safetensors, ... from the weights in float64: distances.json
"""
import itertools
import json
import math
import struct
import sys
from collections import OrderedDict
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F

models = {
    # embed, image, patch, vision width and depth, context, tokens, text width and depth
    "tiny": (24, 48, 16, 128, 2, 20, 40, 64, 2),
    "ViT-B/32": (512, 224, 32, 768, 12, 77, 49408, 512, 12),
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
    state["visual.proj"] = normal(width, embed, scale=0.1 * width**-0.5)  # Small logits: losses that saturate train nothing.
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


def load_weights(path):
    return load_safetensors(path) if path.suffix == ".safetensors" else torch.load(path)


def load_array(folder, name, dtype, *shape):
    return torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=dtype).reshape(shape)


def load_inputs(folder, state):
    positions, (_, _, patch, _) = len(state["visual.positional_embedding"]), state["visual.conv1.weight"].shape
    side = math.isqrt(positions - 1) * patch
    images = load_array(folder, "images.f32", torch.float32, -1, side, side, 3).permute(0, 3, 1, 2).contiguous()
    tokens = load_array(folder, "tokens.i32", torch.int32, -1, len(state["positional_embedding"])).long()
    return images, tokens


def write(folder, model):
    state = create_weights(*models[model])
    torch.save(state, folder / "state-dict.pt")
    if model != "tiny":
        return
    parallel = {"model": OrderedDict((f"module.{name}", value) for name, value in state.items())}
    torch.save(parallel, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    views = OrderedDict((name, value.t().contiguous().t() if value.dim() == 2 else value) for name, value in state.items())
    torch.save(views, folder / "views.pt")


def logits(folder, file):
    state = load_weights(folder / file)
    with torch.inference_mode():
        result = compute_logits(state, *load_inputs(folder, state))
    (folder / "logits.f32").write_bytes(result.contiguous().numpy().tobytes())


def list_legal_states(graph):
    """[states, labels]: no attribute without fake, no global one without a region of its own, no region without a global one."""
    edges, regions = graph["global"]["labels"], graph["local"]["labels"]
    states = []
    for fake, *rest in itertools.product((0, 1), repeat=1 + len(edges) + len(regions)):
        altered = dict(zip((*edges, *regions), rest))
        holds = [name for name in edges if altered[name]]
        supported = fake or not holds
        evident = all(any(altered[region] for region in edges[name]) for name in holds)
        explained = all(any(region in edges[name] for name in holds) for region in regions if altered[region])
        if supported and evident and explained:
            states.append((fake, *rest))
    return states


def compute_losses(logits, targets, states, levels):
    """The fidelity loss of each level of labels."""
    weights = torch.softmax(logits @ states.T, 1)
    present, absent = weights @ states, weights @ (1 - states)
    loss = 1 - torch.sqrt(present * targets + 1e-8) - torch.sqrt(absent * (1 - targets) + 1e-8)
    return torch.stack([part.mean() for part in loss.split(levels, 1)])


def run_training(folder, dtype, visit, change=lambda images: images):
    """Losses before every step of AdamW; and what `visit` makes of the parameters after each compared step."""
    options = json.loads((folder / "training.json").read_text())
    graph, size = options["graph"], options["batchSize"]
    state = {name: value.to(dtype).requires_grad_(name != "logit_scale") for name, value in load_weights(folder / "state-dict.pt").items()}
    images, tokens = load_inputs(folder, state)
    images = change(images)
    states = torch.tensor(list_legal_states(graph), dtype=dtype)
    targets = load_array(folder, "targets.f32", torch.float32, len(images), -1)
    levels = [1, len(graph["global"]["labels"]), len(graph["local"]["labels"])]
    trained = {name: value for name, value in state.items() if value.requires_grad}
    optimizer = torch.optim.AdamW(trained.values(), lr=options["learningRate"], weight_decay=options["weightDecay"])
    losses, visits = [], []
    for step in range(1, options["steps"] + 1):
        rows = slice((step - 1) * size, step * size)
        values = compute_losses(compute_logits(state, images[rows].to(dtype), tokens), targets[rows].to(dtype), states, levels)
        optimizer.zero_grad()
        values.sum().backward()
        optimizer.step()
        losses.append(values.tolist())
        if step in options["comparedSteps"]:
            visits.append(visit(step, {name: value.detach() for name, value in trained.items()}))
    return losses, visits


def measure_distances(folder, step, parameters):
    """Root mean square distance of every parameter from float64's; the packed biases of attention in their three parts."""
    distances = {}
    for name, exact in torch.load(folder / f"exact-{step}.pt", mmap=True).items():
        square = (parameters[name].double() - exact).square()
        packed = name.endswith("in_proj_bias")
        parts = {f"{name}.{part}": third for part, third in zip(("query", "key", "value"), square.chunk(3))} if packed else {name: square}
        distances |= {part: values.mean().sqrt().item() for part, values in parts.items()}
    return distances


def train(folder):
    options = json.loads((folder / "training.json").read_text())
    torch.set_num_threads(options["threads"])
    losses, _ = run_training(folder, torch.float64, lambda step, parameters: torch.save(parameters, folder / f"exact-{step}.pt"))
    # Images that differ in their last bits make all roundings others, as another order of sums does.
    generator = torch.Generator().manual_seed(3)
    change = lambda images: images * (1 + 2**-23 * torch.randn(images.shape, generator=generator))
    measure = partial(measure_distances, folder)
    runs = [run_training(folder, torch.float32, measure, change) for _ in range(options["runsInFloat32"])]
    initial = load_weights(folder / "state-dict.pt")
    training = {
        "losses": losses,
        "lossesInFloat32": [run for run, _ in runs],
        "distancesInFloat32": [distances for _, distances in runs],
        "moved": [measure(step, initial) for step in options["comparedSteps"]],
    }
    (folder / "training-in-pytorch.json").write_text(json.dumps(training))


def compare(folder):
    steps = json.loads((folder / "training.json").read_text())["comparedSteps"]
    distances = [measure_distances(folder, step, load_safetensors(folder / f"step-{step}.safetensors")) for step in steps]
    (folder / "distances.json").write_text(json.dumps(distances))


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"write": write, "logits": logits, "train": train, "compare": compare}[command](Path(folder), *rest)
