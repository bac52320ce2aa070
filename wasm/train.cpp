// The trainer behind its C interface (train.h): arguments in, model and report out, exceptions
// turned into error documents.
//
// Link flags this module needs, besides those of every storewise module: a stack of 1 MB
// (-sSTACK_SIZE or -sTOTAL_STACK), memory that may grow to 2 GB, and -O3 rather than -Oz (it is not
// loaded by shops' pages, and a training takes seconds).
#include "train.h"

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "support/json.h"
#include "train/classifier.h"
#include "train/customer_models.h"
#include "train/inspect_model.h"
#include "train/intents.h"
#include "train/network/trainer.h"
#include "train/quantize_model.h"
#include "train/recommender.h"
#include "train/tabular.h"
#include "train/uplift.h"

#ifdef __EMSCRIPTEN__
extern "C" __attribute__((import_module("storewise"), import_name("progress"))) void
storewise_progress(const char* phase, uint32_t phase_length, double done, double total);
#else
// Natively nobody listens: tests call the functions of src/train with a listener of their own.
static void storewise_progress(const char*, uint32_t, double, double) {}
#endif

namespace {

using storewise::Error;
using storewise::ErrorCode;
using storewise::Json;

std::string model_bytes;
std::string result_json;

void report_progress(std::string_view phase, double done, double total) {
  storewise_progress(phase.data(), static_cast<uint32_t>(phase.size()), done, total);
}

void set_error(std::string_view code, const std::string& message,
               const storewise::ErrorDetail& detail) {
  model_bytes.clear();
  result_json = storewise::json_text(Json{{"code", code},
                                          {"message", message},
                                          {"file", detail.file},
                                          {"place", detail.place},
                                          {"expected", detail.expected},
                                          {"found", detail.found}});
}

// Runs `train`, which answers {model, report}, and keeps what it answers or why it could not.
template <typename Train>
int32_t guarded(Train&& train) {
  try {
    auto result = train();
    model_bytes = std::move(result.model);
    result_json = storewise::json_text(result.report);
    return 0;
  } catch (const Error& error) {
    set_error(storewise::error_code_name(error.code()), error.what(), error.detail());
  } catch (const std::bad_alloc&) {
    model_bytes = std::string();
    set_error(storewise::error_code_name(ErrorCode::kOutOfMemory),
              "this needs more memory than there is", {});
  } catch (const std::exception& error) {
    set_error(storewise::error_code_name(ErrorCode::kInvalidInput), error.what(), {});
  }
  return 1;
}

void require(bool given, const char* place) {
  if (!given) {
    throw Error(ErrorCode::kInvalidInput, "an argument is missing",
                {"", place, "a pointer", "none"});
  }
}

}  // namespace

extern "C" {

uint32_t swt_version(void) { return 1; }

void* swt_alloc(uint32_t bytes) {
  // aligned_alloc wants a multiple of the alignment; 0 bytes still get a pointer of their own.
  const std::size_t rounded = (static_cast<std::size_t>(bytes) + 16) / 16 * 16;
  return std::aligned_alloc(16, rounded);
}

void swt_free(void* memory) { std::free(memory); }

int32_t swt_train_recommender(const char* options_json, uint32_t options_length,
                              const int32_t* session, const int32_t* item,
                              const double* time_seconds, uint32_t events) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(events == 0 || (session != nullptr && item != nullptr && time_seconds != nullptr),
            "events");
    const storewise::train::RecommenderOptions options =
        storewise::train::parse_recommender_options({options_json, options_length});
    return storewise::train::train_recommender(
        {{session, events}, {item, events}, {time_seconds, events}}, options, report_progress);
  });
}

int32_t swt_train_classifier(const char* options_json, uint32_t options_length, const char* texts,
                             const uint32_t* text_ends, const int32_t* labels, uint32_t examples) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(examples == 0 || (texts != nullptr && text_ends != nullptr && labels != nullptr),
            "examples");
    const storewise::train::ClassifierOptions options =
        storewise::train::parse_classifier_options({options_json, options_length});
    std::vector<std::string_view> views;
    uint32_t begin = 0;
    for (uint32_t e = 0; e < examples; ++e) {
      if (text_ends[e] < begin) {
        throw Error(ErrorCode::kInvalidInput, "the texts cannot be told apart",
                    {"", "text_ends[" + std::to_string(e) + "]",
                     "at least " + std::to_string(begin), std::to_string(text_ends[e])});
      }
      views.emplace_back(texts + begin, text_ends[e] - begin);
      begin = text_ends[e];
    }
    return storewise::train::train_classifier(views, {labels, examples}, options, report_progress);
  });
}

int32_t swt_train_table(const char* options_json, uint32_t options_length, const double* cells,
                        uint32_t rows) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(rows == 0 || cells != nullptr, "cells");
    const storewise::train::TableOptions options =
        storewise::train::parse_table_options({options_json, options_length});
    return storewise::train::train_table({cells, options.columns.size() * rows}, rows, options,
                                         report_progress);
  });
}

int32_t swt_train_network(const char* options_json, uint32_t options_length, const double* cells,
                          uint32_t rows, const char* texts, const uint32_t* text_ends) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(rows == 0 || cells != nullptr, "cells");
    namespace network = storewise::train::network;
    const network::NetworkOptions options =
        network::parse_network_options({options_json, options_length});
    std::span<const uint32_t> ends;
    if (!options.text.empty() && rows > 0) {
      require(texts != nullptr && text_ends != nullptr, "texts");
      ends = {text_ends, rows};
    }
    return network::train_network({cells, std::size_t{rows} * options.columns.size()}, rows,
                                  {texts, ends.empty() ? 0 : ends.back()}, ends, options,
                                  report_progress);
  });
}

int32_t swt_train_uplift(const char* options_json, uint32_t options_length, const double* cells,
                         uint32_t rows) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(rows == 0 || cells != nullptr, "cells");
    const storewise::train::UpliftOptions options =
        storewise::train::parse_uplift_options({options_json, options_length});
    return storewise::train::train_uplift_table({cells, std::size_t{rows} * options.columns.size()},
                                                rows, options, report_progress);
  });
}

int32_t swt_train_intents(const char* options_json, uint32_t options_length, const double* cells,
                          uint32_t rows) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(rows == 0 || cells != nullptr, "cells");
    const storewise::train::IntentOptions options =
        storewise::train::parse_intent_options({options_json, options_length});
    const std::size_t columns = options.columns.empty() ? 6 : options.columns.size() + 1;
    return storewise::train::train_intents({cells, columns * rows}, rows, options, report_progress);
  });
}

int32_t swt_train_customers(const char* options_json, uint32_t options_length,
                            const int32_t* customer, const int32_t* order, const int32_t* item,
                            const double* quantity, const double* price, const double* time_seconds,
                            uint32_t lines) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(lines == 0 || (customer != nullptr && order != nullptr && item != nullptr &&
                           quantity != nullptr && price != nullptr && time_seconds != nullptr),
            "lines");
    const storewise::train::CustomerOptions options =
        storewise::train::parse_customer_options({options_json, options_length});
    return storewise::train::train_customers({{customer, lines},
                                              {order, lines},
                                              {item, lines},
                                              {quantity, lines},
                                              {price, lines},
                                              {time_seconds, lines}},
                                             options, report_progress);
  });
}

int32_t swt_quantize_model(const char* options_json, uint32_t options_length, const uint8_t* model,
                           uint32_t model_length) {
  return guarded([&] {
    require(options_json != nullptr, "options_json");
    require(model_length == 0 || model != nullptr, "model");
    return storewise::train::quantize_model(
        {model, model_length},
        storewise::train::parse_quantize_options({options_json, options_length}));
  });
}

int32_t swt_inspect_model(const uint8_t* model, uint32_t model_length) {
  return guarded([&] {
    require(model_length == 0 || model != nullptr, "model");
    return storewise::train::QuantizedModel{{},
                                            storewise::train::inspect_model({model, model_length})};
  });
}

const uint8_t* swt_model(void) { return reinterpret_cast<const uint8_t*>(model_bytes.data()); }
uint32_t swt_model_length(void) { return static_cast<uint32_t>(model_bytes.size()); }
const char* swt_result(void) { return result_json.data(); }
uint32_t swt_result_length(void) { return static_cast<uint32_t>(result_json.size()); }

}  // extern "C"
