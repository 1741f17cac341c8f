"""PyTorch on the CPU: eager mode, the functions that its documentation recommends, no torch.compile."""

import json
import resource
import sys
import time

import safetensors
import torch
import torch.nn.functional as F


def read_safetensors(path):
    return {name: torch.from_numpy(values) for name, values in safetensors.read(path).items()}


def load_parameters(tensors):
    """The parameters of the vision transformer; weights of linear layers as torch.nn.Linear has them, [outputs, inputs]."""
    return {
        name.removeprefix("vision."): value.t().contiguous() if is_linear(name) else value
        for name, value in tensors.items()
        if name.startswith("vision.")
    }


def is_linear(name):
    return name.endswith(".weight") or name.endswith("rojection")


def encode(shape, p, images):
    """images [batch, side, side, 3] -> [batch, embedDim]"""
    batch, patch, width, heads = images.shape[0], shape["patchSize"], shape["width"], shape["heads"]
    side = shape["imageSize"] // patch
    patches = images.view(batch, side, patch, side, patch * 3).transpose(2, 3).reshape(batch, side * side, -1)
    x = F.linear(patches, p["patchProjection"])
    x = torch.cat([p["classToken"].expand(batch, 1, width), x], 1) + p["positions"]
    x = F.layer_norm(x, (width,), p["normBefore.gain"], p["normBefore.bias"])
    tokens = x.shape[1]
    for i in range(shape["depth"]):
        b = {name: p[f"blocks.{i}.{name}"] for name in BLOCK}
        h = F.layer_norm(x, (width,), b["norm1.gain"], b["norm1.bias"])
        qkv = F.linear(h, b["attention.input.weight"], b["attention.input.bias"])
        q, k, v = qkv.view(batch, tokens, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        h = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, width)
        x = x + F.linear(h, b["attention.output.weight"], b["attention.output.bias"])
        h = F.layer_norm(x, (width,), b["norm2.gain"], b["norm2.bias"])
        h = F.linear(h, b["expand.weight"], b["expand.bias"])
        x = x + F.linear(h * torch.sigmoid(1.702 * h), b["contract.weight"], b["contract.bias"])
    summary = F.layer_norm(x[:, 0], (width,), p["normAfter.gain"], p["normAfter.bias"])
    return F.linear(summary, p["projection"])


BLOCK = [f"{norm}.{part}" for norm in ("norm1", "norm2") for part in ("gain", "bias")] + [
    f"{layer}.{part}"
    for layer in ("attention.input", "attention.output", "expand", "contract")
    for part in ("weight", "bias")
]


def start_forward(work, tensors, *_):
    shape = work["shape"]
    p = load_parameters(tensors)
    images = tensors["images"][: work["batch"]].clone()

    def run():
        with torch.inference_mode():
            return encode(shape, p, images)

    return run().flatten().tolist(), run


def create_adam_w(parameters, rates, variant):
    return torch.optim.AdamW(
        parameters,
        lr=rates["learningRate"],
        betas=rates["betas"],
        eps=rates["epsilon"],
        weight_decay=rates["weightDecay"],
        **({variant: True} if variant else {}),
    )


def start_training_step(work, tensors, constants, variant):
    shape = work["shape"]
    p = {name: value.requires_grad_() for name, value in load_parameters(tensors).items()}
    images = tensors["images"][: work["batch"]].clone()
    targets = torch.arange(work["batch"]) % shape["embedDim"]
    optimizer = create_adam_w(p.values(), constants["rates"], variant)

    def run():
        optimizer.zero_grad()
        loss = F.cross_entropy(encode(shape, p, images), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return [run() for _ in range(constants["answerSteps"])], run


def start_adam_w(work, tensors, constants, variant):
    named = {name: value for name, value in tensors.items() if name.startswith("vision.")}
    values = [named[name] for name in sorted(named)]
    if work["joined"]:
        values = [torch.cat([value.flatten() for value in values])]
    parameters = [value.requires_grad_() for value in values]
    for parameter in parameters:
        parameter.grad = parameter.detach() * constants["gradientFactor"]
    del tensors, named, values
    optimizer = create_adam_w(parameters, constants["rates"], variant)
    for _ in range(constants["answerSteps"]):
        optimizer.step()
    flat = torch.cat([parameter.detach().flatten() for parameter in parameters])
    return flat[:: constants["answerStride"]].tolist(), optimizer.step


STARTS = {"forward": start_forward, "training step": start_training_step, "AdamW": start_adam_w}


class Contender:
    def __init__(self, variant):
        self.variant = variant

    def prepare(self, task):
        torch.set_num_threads(task["threads"])
        start = STARTS[task["work"]["kind"]]
        answer, self.work = start(
            task["work"],
            read_safetensors(task["weights"]) | read_safetensors(task["images"]),
            task["constants"],
            self.variant,
        )
        capability = torch.backends.cpu.get_cpu_capability()
        variant = f", AdamW {self.variant}" if self.variant else ""
        return {"description": f"PyTorch {torch.__version__}, {capability}{variant}", "answer": answer}

    def run(self, iterations):
        times = []
        for _ in range(iterations):
            start = time.perf_counter()
            self.work()
            times.append((time.perf_counter() - start) * 1e3)
        return times

    def peakMemory(self, _):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)


def answer(request):
    try:
        return json.dumps({"result": getattr(contender, request["call"])(request.get("with"))}, allow_nan=False)
    except Exception as error:  # The other side reports it.
        return json.dumps({"error": repr(error)})


contender = Contender(sys.argv[1] if len(sys.argv) > 1 else None)
for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)
