// What face-api uses of "@tensorflow/tfjs": the core and its chained
// operators, without the four backends and the layer library of the bundle.
export * from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
