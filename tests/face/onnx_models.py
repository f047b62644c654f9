#!/usr/bin/env python3
# onnx_models.py FOLDER
#
# Small ONNX models with random weights that between them use every operator
# the importer takes, in the shapes that ResNet, MobileFaceNet, SFace and
# ArcFace models have: FOLDER/NAME.onnx.  Prints their names.  Exit 3 when onnx
# for Python is missing.
import sys

try:
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper, save
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)

SIDE = 24


class Model:
    """Nodes one behind the other; `at` is the last value."""

    def __init__(self, name, opset=11):
        self.name, self.opset = name, opset
        self.random = np.random.default_rng(sum(map(ord, name)))
        self.nodes, self.constants, self.at, self.c = [], [], 'input', 3
        self.shape = [1, 3, SIDE, SIDE]

    def constant(self, array, kind=np.float32):
        name = f'constant{len(self.constants)}'
        self.constants.append(numpy_helper.from_array(np.array(array, kind), name))
        return name

    def numbers(self, *shape, scale=1.0, shift=0.0):
        return self.constant(self.random.normal(0, scale, shape) + shift)

    def positive(self, *shape):
        return self.constant(self.random.uniform(0.5, 1.5, shape))

    def node(self, op, *more, at=None, **attributes):
        out = f'{op}{len(self.nodes)}'
        self.nodes.append(helper.make_node(op, [at or self.at, *more], [out], name=out, **attributes))
        self.at = out
        return out

    def conv(self, c, k=3, s=1, p=1, bias=True, **more):
        kh, kw = (k, k) if isinstance(k, int) else k
        pads = [p] * 4 if isinstance(p, int) else p
        w = [self.numbers(c, self.c, kh, kw, scale=(2 / (self.c * kh * kw)) ** 0.5)]
        if bias:
            w.append(self.numbers(c, scale=0.1))
        self.c = c
        return self.node('Conv', *w, kernel_shape=[kh, kw], strides=[s, s], pads=pads, **more)

    def depthwise(self, k=3, s=1, p=1, bias=False):
        w = [self.numbers(self.c, 1, k, k, scale=1.4 / k)]
        if bias:
            w.append(self.numbers(self.c, scale=0.1))
        return self.node('Conv', *w, kernel_shape=[k, k], strides=[s, s], pads=[p] * 4, group=self.c)

    def norm(self):
        c = self.c
        return self.node('BatchNormalization', self.positive(c), self.numbers(c, scale=0.2),
                         self.numbers(c, scale=0.2), self.positive(c), epsilon=2e-5)

    def prelu(self):
        return self.node('PRelu', self.constant(self.random.uniform(0, 0.5, (self.c, 1, 1))))

    def clip(self, low, high):
        if self.opset < 11:
            return self.node('Clip', min=float(low), max=float(high))
        return self.node('Clip', self.constant(low), self.constant(high))

    def gemm(self, count, inputs):
        self.c = count
        return self.node('Gemm', self.numbers(count, inputs, scale=inputs ** -0.5), self.numbers(count), transB=1)

    def save(self, folder):
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info('input', TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(self.at, TensorProto.FLOAT, [1, self.c])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', self.opset)], ir_version=7)
        save(model, f'{folder}/{self.name}.onnx')
        print(self.name)


def resnet():
    m = Model('resnet', 9)
    m.conv(24, k=7, s=2, p=3, bias=False)
    m.norm()
    m.node('Relu')
    m.node('MaxPool', kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for c, s in ((24, 1), (40, 2)):
        before, c_in = m.at, m.c
        m.conv(c, s=s)
        m.norm()
        m.node('Relu')
        m.conv(c)
        body = m.norm()
        if s == 2:
            m.at, m.c = before, c_in
            m.conv(c, k=1, s=2, p=0)
            before = m.norm()
        m.node('Add', before, at=body)
        m.node('Relu')
    m.node('GlobalAveragePool')
    m.node('Flatten')
    m.gemm(20, 40)
    return m


def arcface():
    # each block begins with a batch norm that padding keeps from being folded
    m = Model('arcface', 8)
    m.conv(16)
    m.norm()
    m.prelu()
    for c, s in ((16, 1), (32, 2)):
        before, c_in = m.at, m.c
        m.norm()
        m.conv(c, bias=False)
        m.norm()
        m.prelu()
        m.conv(c, s=s)
        body = m.norm()
        if s == 2:
            m.at, m.c = before, c_in
            m.conv(c, k=1, s=2, p=0)
            before = m.norm()
        m.node('Add', before, at=body)
    m.conv(32, s=2)
    m.norm()
    m.node('Dropout')
    m.node('Flatten')
    m.gemm(64, 32 * 6 * 6)
    m.norm()
    return m


def sface():
    # the range of the input is part of the model
    m = Model('sface', 7)
    m.node('Sub', m.constant(127.5))
    m.node('Mul', m.constant(0.0078125))
    m.conv(32, s=2)
    m.norm()
    m.prelu()
    for c, s in ((32, 1), (64, 2)):
        m.depthwise(s=s)
        m.norm()
        m.prelu()
        m.conv(c, k=1, p=0, bias=False)
        m.norm()
        m.prelu()
    m.node('Identity')
    m.depthwise(k=6, p=0)
    m.norm()
    m.conv(128, k=1, p=0)
    m.node('Flatten')
    return m


def mobile():
    m = Model('mobile', 13)
    m.conv(16, s=2)
    m.clip(0, 6)
    for s in (1, 2):
        before = m.at
        m.conv(48, k=1, p=0)
        m.clip(0, 6)
        m.depthwise(s=s, bias=True)
        m.clip(0, 6)
        m.conv(16, k=1, p=0)
        if s == 1:
            m.node('Add', before)
    m.node('AveragePool', kernel_shape=[2, 2], strides=[2, 2])
    m.node('Reshape', m.constant([-1, 16 * 3 * 3], np.int64))
    m.node('MatMul', m.numbers(16 * 3 * 3, 32, scale=0.1))
    m.c = 32
    m.node('Add', m.numbers(32))
    return m


def shapes():
    # odd windows and sides, leaky, products, parts behind each other, padding
    m = Model('shapes', 11)
    m.conv(20, k=(1, 3), p=[0, 1, 0, 1])
    m.node('LeakyRelu', alpha=0.2)
    m.conv(24, k=(5, 3), s=2, p=[2, 1, 2, 1])
    left = m.node('LeakyRelu', alpha=0.1)
    m.node('Pad', m.constant([0, 0, 1, 2, 0, 0, 1, 0], np.int64), m.constant(0.0))
    m.conv(12, k=3, p=0)
    right = m.at
    m.node('MaxPool', kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], at=left)
    m.c = 24
    m.conv(12, k=(3, 2), p=[1, 0, 1, 1])
    m.node('Concat', right, axis=1)
    m.c = 24
    m.node('Div', m.positive(1, 24, 1, 1))
    squeezed = m.at
    m.node('GlobalAveragePool')
    m.conv(24, k=1, p=0)
    gate = m.node('Relu')
    m.node('Mul', gate, at=squeezed)
    m.node('AveragePool', kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    m.norm()
    m.node('Relu')
    m.node('Flatten')
    m.gemm(30, 24 * 6 * 6)
    return m


def wide():
    # a vector made from a map too large for one window, of odd channels
    m = Model('wide', 12)
    m.conv(10, k=3, s=2)
    m.prelu()
    m.node('Flatten')
    line = m.at
    matrix = m.node('Transpose', at=m.numbers(16, 10 * 12 * 12, scale=0.03), perm=[1, 0])
    m.node('MatMul', matrix, at=line)
    m.c = 16
    m.node('Sub', m.numbers(16))
    return m


def main(folder):
    for make in (resnet, arcface, sface, mobile, shapes, wide):
        make().save(folder)


main(*sys.argv[1:])
