// `storewise/onnxruntime`: models on ONNX Runtime Web, with the interface of `loadModel` in
// `storewise`. The package onnxruntime-web is the page's to install; it is loaded at the first call.

import { loadModel as load, type ModelOptions, type ModelSource } from './index.js';
import type { OnnxRuntimeModel, OnnxRuntimeOptions } from './onnxruntime-adapter.js';

export type {
  OnnxRuntimeModel,
  OnnxRuntimeOptions,
  OrtModule,
  OrtSession,
  OrtTensor,
  OrtValueInfo,
} from './onnxruntime-adapter.js';

/** Options of `loadModel` here: those of `storewise` that concern fetching, and ONNX Runtime's own. */
export interface OnnxRuntimeModelOptions
  extends Omit<ModelOptions, 'backend' | 'onnxruntime' | 'wasm'>,
    OnnxRuntimeOptions {}

/**
 * Loads an ONNX model on ONNX Runtime Web. Rejects with LoadError (fetching, or `missing-package`
 * when onnxruntime-web is not installed), ModelError (a file it refuses) or the signal's reason.
 *
 * ```ts
 * const model = await loadModel('/models/spectrum.onnx');
 * const { power } = await model.run({ samples: new Float32Array(512) });
 * model.dispose();
 * ```
 */
export async function loadModel(
  source: ModelSource,
  options: OnnxRuntimeModelOptions = {},
): Promise<OnnxRuntimeModel> {
  const { ort, wasmPaths, executionProviders, ...rest } = options;
  return load(source, {
    ...rest,
    backend: 'onnxruntime',
    onnxruntime: { ort, wasmPaths, executionProviders },
  });
}
