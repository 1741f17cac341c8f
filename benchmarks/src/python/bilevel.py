"""Bi-level training of a CLIP in PyTorch on the CPU, step by step as the released code does it: method.md, section 5.

bilevel.py write FOLDER SIZES     random weights by OpenAI's names: FOLDER/weights.pt
bilevel.py serve [--plain] [--optimised]
                                  answers requests on stdin, a line of JSON each

Without `--plain` a step is bi-level. The image is encoded once for each level of labels, together with the level's
prompts, which are padded to the whole context; the step ahead is taken on a deep copy of the model; the parameters are
moved for the finite difference and moved back; lambda is a tensor of torch.optim.Adam.
With `--plain` it is one joint pass with equal weights.
With `--optimised` it is what algebra allows: one image pass, prompts cut to the longest, the forward pass of the step
ahead serves the step too, no graph where no gradient is asked for, AdamW fused.
"""

import copy
import json
import resource
import sys
import time
from pathlib import Path

import torch

# The CLIP that the tests hold ours against.
sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "pytorch"))
import clip


class Model:
    """The task losses as a function of the parameters; the prompts, and the folder's batches of images and targets."""

    def __init__(self, task, plain, optimised):
        folder, graph = Path(task["folder"]), task["graph"]
        state = torch.load(folder / "weights.pt")
        del state["logit_scale"]  # The official logits have none.
        images, tokens = clip.load_inputs(folder, state)
        targets = clip.load_array(folder, "targets.f32", torch.float32, len(images), -1)
        self.batches = list(zip(images.split(task["batch"]), targets.split(task["batch"])))
        self.states = torch.tensor(clip.list_legal_states(graph), dtype=torch.float32)
        self.levels = [1, len(graph["global"]["labels"]), len(graph["local"]["labels"])]
        if optimised:
            tokens = tokens[:, : int(tokens.argmax(1).max()) + 1]
        self.prompts = [tokens] if plain or optimised else tokens.split(self.levels)
        self.parameters = {name: value.requires_grad_() for name, value in state.items()}

    def losses(self, parameters, batch):
        images, targets = batch
        logits = torch.cat([clip.compute_logits(parameters, images, prompts) for prompts in self.prompts], 1)
        return clip.compute_losses(logits, targets, self.states, self.levels)


def create_adam_w(parameters, rates, optimised):
    fused = {"fused": True} if optimised else {}
    return torch.optim.AdamW(parameters.values(), lr=rates["learningRate"], weight_decay=rates["weightDecay"], **fused)


class PlainStep:
    def __init__(self, model, rates, optimised):
        self.model, self.optimizer = model, create_adam_w(model.parameters, rates, optimised)

    def __call__(self, batch, _):
        self.optimizer.zero_grad()
        losses = self.model.losses(self.model.parameters, batch)
        losses.sum().backward()
        self.optimizer.step()
        return {"losses": losses.tolist(), "taskWeights": [1.0] * len(losses)}


class BilevelStep:
    def __init__(self, model, rates, optimised):
        self.model, self.rates, self.optimised = model, rates, optimised
        self.ahead = copy.deepcopy(model.parameters)
        self.weights = torch.ones(len(model.levels), requires_grad=True)
        self.adam = torch.optim.Adam([self.weights], lr=rates["taskWeights"])
        self.optimizer = create_adam_w(model.parameters, rates, optimised)

    def look_ahead(self, losses):
        parameters, rate, decay = self.model.parameters, self.rates["learningRate"], self.rates["weightDecay"]
        objective = (self.weights.detach() * losses).sum()
        gradients = torch.autograd.grad(objective, list(parameters.values()), retain_graph=self.optimised)
        with torch.no_grad():
            for ahead, value, gradient in zip(self.ahead.values(), parameters.values(), gradients):
                ahead.copy_(value - rate * (gradient + decay * value))

    def move(self, direction, distance):
        with torch.no_grad():
            for value, slope in zip(self.model.parameters.values(), direction):
                value.add_(slope, alpha=distance)

    def losses_around(self, batch, direction, epsilon):
        """At the parameters plus and minus epsilon times the direction."""
        parameters = self.model.parameters
        self.move(direction, epsilon)
        plus = self.model.losses(parameters, batch).detach()
        self.move(direction, -2 * epsilon)
        minus = self.model.losses(parameters, batch).detach()
        self.move(direction, epsilon)
        return plus, minus

    @torch.no_grad()
    def losses_of_copies(self, batch, direction, epsilon):
        """The same without a graph, and with the copies of the step ahead: the graph of the step needs the parameters."""
        found = []
        for distance in (epsilon, -epsilon):
            for ahead, value, slope in zip(self.ahead.values(), self.model.parameters.values(), direction):
                torch.add(value, slope, alpha=distance, out=ahead)
            found.append(self.model.losses(self.ahead, batch))
        return found

    def __call__(self, batch, held_out):
        parameters = self.model.parameters
        before = self.model.losses(parameters, batch)
        self.look_ahead(before)
        held_out_losses = self.model.losses(self.ahead, held_out)
        direction = torch.autograd.grad(held_out_losses[0], list(self.ahead.values()))
        # Of the norms, as clip_grad_norm_ does: in float32 one sum over all of a large model is off by 1e-3.
        norm = torch.stack([slope.norm() for slope in direction]).norm().item()
        epsilon = 0.01 / (norm + 1e-6)
        look_around = self.losses_of_copies if self.optimised else self.losses_around
        plus, minus = look_around(batch, direction, epsilon)
        del direction
        self.weights.grad = -self.rates["learningRate"] * (plus - minus) / (2 * epsilon)
        self.adam.step()
        losses = before if self.optimised else self.model.losses(parameters, batch)
        self.optimizer.zero_grad()
        (self.weights.detach() * losses).sum().backward()
        self.optimizer.step()
        return {
            "losses": losses.tolist(),
            "taskWeights": self.weights.tolist(),
            "heldOutLosses": held_out_losses.tolist(),
            "lossesPlus": plus.tolist(),
            "lossesMinus": minus.tolist(),
            "norm": norm,
        }


class Contender:
    def __init__(self, plain, optimised):
        self.plain, self.optimised = plain, optimised
        self.done = 0

    def prepare(self, task):
        torch.set_num_threads(task["threads"])
        self.model = Model(task, self.plain, self.optimised)
        self.step = (PlainStep if self.plain else BilevelStep)(self.model, task["rates"], self.optimised)
        capability = torch.backends.cpu.get_cpu_capability()
        answer = [self.take_step() for _ in range(task["answerSteps"])]
        return {"description": f"PyTorch {torch.__version__}, {capability}", "answer": answer}

    def take_step(self):
        """Training batches and held-out batches in turns."""
        batches = self.model.batches
        first = 2 * self.done % len(batches)
        self.done += 1
        return self.step(batches[first], batches[first + 1])

    def run(self, iterations):
        """Milliseconds of a core's time: other programs do not count."""
        times = []
        for _ in range(iterations):
            start = time.process_time()
            self.take_step()
            times.append((time.process_time() - start) * 1e3)
        return times

    def peakMemory(self, _):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)


def answer(contender, request):
    try:
        return json.dumps({"result": getattr(contender, request["call"])(request.get("with"))}, allow_nan=False)
    except Exception as error:  # The other side reports it.
        return json.dumps({"error": repr(error)})


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "write":
        folder, sizes = Path(rest[0]), json.loads(rest[1])
        torch.save(clip.create_weights(**sizes), folder / "weights.pt")
    else:
        contender = Contender("--plain" in rest, "--optimised" in rest)
        for line in sys.stdin:
            print(answer(contender, json.loads(line)), flush=True)
