#!/usr/bin/env python3
# onnx_peer.py MODEL.onnx PIXELS.f32 OUT.f32 [ROUNDS]
#
# Runs an ONNX model under OpenCV's dnn on one thread: the peer of the packed
# plan.  PIXELS holds pictures of 3 x H x W floats.  Prints times in
# microseconds of the processor as JSON.  Exit 3 when OpenCV or onnx for Python is missing.
#
# OpenCV 4.6 takes the bounds of Clip as attributes only, as ONNX had them
# before opset 11: they are moved there first.
import json
import sys
import time

try:
    import cv2
    import numpy
    import onnx
    from onnx import numpy_helper
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)


def constants(graph):
    found = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == 'Constant':
            for a in node.attribute:
                if a.name == 'value':
                    found[node.output[0]] = numpy_helper.to_array(a.t)
    return found


def with_bounds_as_attributes(model):
    known = constants(model.graph)
    for node in model.graph.node:
        if node.op_type != 'Clip' or len(node.input) < 2:
            continue
        for name, value in zip(('min', 'max'), list(node.input)[1:]):
            if value:
                node.attribute.append(onnx.helper.make_attribute(name, float(known[value])))
        del node.input[1:]
    return model.SerializeToString()


def main(model_path, pixels_path, out_path, rounds='1'):
    model = onnx.load(model_path)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim][1:]
    net = cv2.dnn.readNetFromONNX(numpy.frombuffer(with_bounds_as_attributes(model), numpy.uint8))
    cv2.setNumThreads(1)
    pixels = numpy.fromfile(pixels_path, numpy.float32).reshape([-1] + shape)
    out, times = [], []
    for picture in pixels:
        for _ in range(int(rounds)):
            net.setInput(picture[None])
            start = time.process_time()
            result = net.forward()
            times.append((time.process_time() - start) * 1e6)
        out.append(result.ravel().copy())
    numpy.array(out, numpy.float32).tofile(out_path)
    times.sort()
    print(json.dumps({'opencv': cv2.__version__, 'least_us': times[0], 'median_us': times[len(times) // 2]}))


main(*sys.argv[1:])
