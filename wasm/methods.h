// What a module opens and which requests it answers: shop_methods.cpp for storewise.wasm, which has
// everything below, model_methods.cpp for storewise-onnx.wasm, which has models and "describe".
//
// The methods of sw_call: one JSON request to one object, one JSON response.
//
// Requests are {"method": ..., arguments}; unknown arguments are ignored. Numbers in [] are
// defaults.
//
// A model
//   describe       ->
//   {"name","inputs":[{"name","type","shape"}],"outputs":[...],"metadata","opset",
//                      "operators":{name: count},"steps":[what really runs],"labels":[class
//                      labels],"bytes"}; -1 in a shape is an open size, null an open rank.
//                      storewise-onnx.wasm gives the metadata as a text
//   classify       text, limit [5] -> {"ranked":[{"label","probability"}],"threshold","in_scope"}
//   rank           items (oldest first), limit [20] -> {"items":[{"id","score"}]}; no rules
//   rank_batch     sessions [[items]], targets, limit [20] -> {"ranks":[n]}: the place of each
//                  session's target from 1, 0 when it is not among the first `limit`
// A shop
//   describe       -> {"items","currency","model_items","shared_items","faq","offers","rules",
//                      "warnings"}
//   visit.open     events []? -> {"visit": handle}; sw_close ends it
//   ask            text, language?, slots {}?, limit [3] -> an answer: {"kind":"answer"|"clarify"|
//                  "handoff","intent","confidence","text","choices":[{"intent","question",
//                  "confidence"}]}; a shop without questions or classifier hands off
//   answer         intent, language?, slots? -> an answer
//   similar        item, limit [10] -> like recommend
// A file of intents
//   describe       -> {"metadata"}: what the file says of itself
// A visit
//   event          type "view"|"add"|"remove"|"purchase"|"page", item (of a page "products"|
//                  "account"|"information"), at [the last event's], quantity [1;
//                  of "remove" and "purchase": all there are] -> {}. A purchase may name `items`
//                  instead, or nothing: the whole basket
//   recommend      slot ["for-you"], limit [10], exclude []?, item?, basket [false] ->
//                  {"items":[{"id","score","reasons":[{"kind","item","share","text"}]}]}
//   offers         limit [3], language?, now [the last event's time; ms since 1970] ->
//                  {"offers":[{"offer":{"id","title","kind","value","items"},"score","status",
//                  "missing":{"quantity","amount"},"saving","reasons"}]}
//   basket         -> {"items":[{"id","quantity","price"}],"total"}; price null when unknown
//   predict        kind "purchase-intent"|"leave-intent"|"price-sensitivity"|"category-affinity",
//                  now [the last event's time], offset [0; the visitor's clock less UTC, minutes]
//                  -> {"value": decision | 0..1 | category or null,"probability","base","source":
//                  "shop"|"default"|"visit","reasons":[{"feature","value","contribution"}]},
//                  in any order (behaviour/intents.h, behaviour/visit_features.h);
//                  "unsupported" for an intent that the shop has no model of
//   export         -> {"version":1,"events":[{"type","item","at","quantity"}]}
//   restore        events -> {"restored","skipped"}: replaces the visit by the newest events;
//                  events about unknown items, and more than a visit keeps, are skipped
//   erase          -> {}
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "answer/replies.h"
#include "behaviour/explainer.h"
#include "objects.h"

namespace storewise::abi {

// Opens a file's bytes; null for a kind that this module does not open.
std::unique_ptr<Object> open(Kind kind, std::unique_ptr<Bytes> bytes, std::string_view name,
                             Handles& handles);

// Answers `request`; the response is appended to `response`. Throws Error: kInvalidRequest for an
// unknown method, kInvalidInput for arguments; the object is then as before.
void call(Object& object, std::string_view request, Handles& handles, std::string& response);

// Why the model answers the one row of `inputs` as it does (behaviour/explainer.h); belongs to the
// model until the next call. Throws Error: kUnsupported for a model that can't be explained, and
// in storewise.wasm for all.
const behaviour::Explanation& explain(ModelObject& model, std::span<const graph::TensorView> inputs,
                                      std::size_t score);

// Best first. Of each reply kMaxReplySentences places in the approved sentences, -1 behind the
// last.
struct Replies {
  std::vector<std::int32_t> sentences;
  std::vector<double> probabilities;
};

// The likeliest replies, with `inputs` as sw_reply has them; belongs to the model until the next
// call. Throws Error: kInvalidModel for a model of another kind, kInvalidInput for what is not
// approved as it should be, and in storewise.wasm kUnsupported for all.
const Replies& reply(ModelObject& model, std::span<const graph::TensorView> inputs,
                     std::size_t beams, std::size_t most);

}  // namespace storewise::abi
