// The recommender as an ONNX file: a sum of neighbour lists, and popularity beneath it.
//
// Refuses to choose anything: weights, items and metadata come ready.
#pragma once

#include <string>

#include "train/item_model.h"

namespace storewise::train {

// Inputs `items` int64[n] and `weights` float[n]; output `scores` float[model.items]:
// popularity + for each query item the sum of its weight x its neighbours' weights.
// model.items >= 1. `metadata` becomes metadata_props["storewise"].
std::string write_recommender(const ItemModel& model, const std::string& metadata);

}  // namespace storewise::train
