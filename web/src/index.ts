// storewise: a shop's own recommendations, offers and answers in the visitor's browser.
//
// Nothing runs at import, so that a server can import it too; no request leaves the page besides
// those for the files that the page names.

export type { Catalogue, Faq, FaqEntry, LanguageOption, Product } from './catalogue.js';
export {
  type ErrorCode,
  type ErrorDetail,
  InputError,
  LoadError,
  ModelError,
  StateError,
  StorewiseError,
} from './errors.js';
export type { LoadOptions, Progress } from './fetching.js';
export type { IntentNews, IntentOptions } from './intent-watch.js';
export type { CompiledEngine, WasmSource } from './loader.js';
export { compileEngine } from './loader.js';
export type { FileRole, ManifestFile, ShopManifest, Verification } from './manifest.js';
export {
  type AnyModel,
  type Backend,
  type Classification,
  type Json,
  loadModel,
  type Model,
  type ModelDescription,
  type ModelInputs,
  type ModelOptions,
  type ModelOutputs,
  type ModelSource,
} from './model.js';
export type {
  OnnxRuntimeModel,
  OnnxRuntimeOptions,
  OrtModule,
  OrtSession,
  OrtTensor,
  OrtValueInfo,
} from './onnxruntime-adapter.js';
export type {
  ApprovedSentence,
  GeneratedReply,
  ReplyCandidate,
  ReplyOptions,
} from './reply-model.js';
export type {
  Answer,
  Basket,
  Choice,
  OfferMatch,
  Reason,
  Recommendation,
} from './results.js';
export {
  type AnswerOptions,
  type AskOptions,
  loadShop,
  type Shop,
  type ShopInfo,
  type ShopObject,
  type ShopOptions,
  type ShopSource,
  type Slots,
} from './shop.js';
export type { EventType, PageKind, StorageKind, VisitDocument, VisitEvent } from './storage.js';
export type {
  Cell,
  Contribution,
  Counterfactual,
  ExplainOptions,
  PathStep,
  Row,
  TableExplanation,
  TablePrediction,
  TreeLeaf,
  TreeNode,
  TreeQuestion,
  Trees,
  TreesOptions,
} from './table-model.js';
export type { Tensor, TensorData, TensorInfo, TensorInput, TensorType } from './tensors.js';
export { normalizeText, pickLanguage, textWords } from './text.js';
export type { ExplainTextOptions, TextExplanation, TextPiece } from './text-model.js';
export type {
  EventOptions,
  OfferOptions,
  PredictionKind,
  PredictionReason,
  PredictOptions,
  QuantityOptions,
  RecommendOptions,
  Visit,
  VisitChange,
  VisitOptions,
  VisitPrediction,
} from './visit.js';
