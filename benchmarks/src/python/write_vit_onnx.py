"""Writes a vision transformer as the ONNX graph that ONNX Runtime's own optimiser makes of an exported one.

usage: write_vit_onnx.py SHAPE_JSON WEIGHTS.safetensors OUTPUT.onnx

MultiHeadAttention, SkipLayerNormalization and QuickGelu are ONNX Runtime's fused operators; the bias of a product is added by an
Add behind a MatMul with constant weights, which ONNX Runtime packs when it loads the graph.
"""

import json
import sys

import numpy
import onnx
import safetensors
from onnx import TensorProto, helper, numpy_helper

FUSED = "com.microsoft"


class GraphWriter:
    """Nodes and constants in the order in which they are asked for. Everything is named by what it computes."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.constants = {}

    def constant(self, name, values):
        self.constants[name] = numpy_helper.from_array(numpy.array(values, order="C"), name)
        return name

    def integers(self, name, *values):
        return self.constant(name, numpy.array(values, dtype=numpy.int64))

    def weight(self, name):
        return self.constant(name, self.weights[f"vision.{name}"])

    def node(self, op, inputs, output, domain="", **attributes):
        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def norm(self, x, name, output):
        inputs = [x, self.weight(f"{name}.gain"), self.weight(f"{name}.bias")]
        return self.node("LayerNormalization", inputs, output, axis=-1, epsilon=1e-5)

    def linear(self, x, name, output):
        product = self.node("MatMul", [x, self.weight(f"{name}.weight")], f"{output}.product")
        return self.node("Add", [product, self.weight(f"{name}.bias")], output)


def write_stem(graph, shape):
    """images [batch, side, side, 3] -> tokens [batch, tokens, width]"""
    patch, width = shape["patchSize"], shape["width"]
    side = shape["imageSize"] // patch
    bands = graph.node("Reshape", ["images", graph.integers("bandShape", 0, side, patch, side, patch * 3)], "bands")
    cut = graph.node("Transpose", [bands], "cut", perm=[0, 1, 3, 2, 4])
    patches = graph.node("Reshape", [cut, graph.integers("patchShape", 0, side * side, patch * patch * 3)], "patches")
    embedded = graph.node("MatMul", [patches, graph.weight("patchProjection")], "embedded")
    batch = graph.node("Shape", ["images"], "batchSize", start=0, end=1)
    class_shape = graph.node("Concat", [batch, graph.integers("classShape", 1, width)], "classTokenShape", axis=0)
    class_tokens = graph.node("Expand", [graph.weight("classToken"), class_shape], "classTokens")
    tokens = graph.node("Concat", [class_tokens, embedded], "tokens", axis=1)
    placed = graph.node("Add", [tokens, graph.weight("positions")], "placed")
    return graph.norm(placed, "normBefore", "stream")


def write_block(graph, shape, index, x):
    """x [batch, tokens, width] -> [batch, tokens, width]"""
    name, width = f"blocks.{index}", shape["width"]
    h = graph.norm(x, f"{name}.norm1", f"{name}.normed1")
    joined = graph.weights[f"vision.{name}.attention.input.weight"]
    parts = [
        graph.node("MatMul", [h, graph.constant(f"{name}.{part}.weight", weight)], f"{name}.{part}")
        for part, weight in zip(("query", "key", "value"), numpy.split(joined, 3, axis=1))
    ]
    bias = graph.weight(f"{name}.attention.input.bias")
    h = graph.node("MultiHeadAttention", [*parts, bias], f"{name}.attended", FUSED, num_heads=shape["heads"])
    h = graph.linear(h, f"{name}.attention.output", f"{name}.attention")
    norm = [graph.weight(f"{name}.norm2.gain"), graph.weight(f"{name}.norm2.bias")]
    outputs = [f"{name}.normed2", "", "", f"{name}.middle"]
    h = graph.node("SkipLayerNormalization", [x, h, *norm], outputs, FUSED, epsilon=1e-5)
    h = graph.linear(h, f"{name}.expand", f"{name}.hidden")
    h = graph.node("QuickGelu", [h], f"{name}.active", FUSED, alpha=1.702)
    h = graph.linear(h, f"{name}.contract", f"{name}.mlp")
    return graph.node("Add", [f"{name}.middle", h], f"{name}.stream")


def write_vit(shape, weights):
    graph = GraphWriter(weights)
    x = write_stem(graph, shape)
    for index in range(shape["depth"]):
        x = write_block(graph, shape, index, x)
    first = graph.constant("first", numpy.int64(0))
    summary = graph.node("Gather", [x, first], "summary", axis=1)
    normed = graph.norm(summary, "normAfter", "normedSummary")
    graph.node("MatMul", [normed, graph.weight("projection")], "embeddings")
    side = shape["imageSize"]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", side, side, 3])
    embeddings = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["batch", shape["embedDim"]])
    body = helper.make_graph(graph.nodes, "vit", [images], [embeddings], list(graph.constants.values()))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=9)


onnx.save(write_vit(json.loads(sys.argv[1]), safetensors.read(sys.argv[2])), sys.argv[3])
