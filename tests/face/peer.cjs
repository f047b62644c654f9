// Bundled by peer.mjs.
exports.tf = require('@tensorflow/tfjs');
exports.wasm = require('@tensorflow/tfjs-backend-wasm');
exports.face = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
