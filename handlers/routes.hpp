// What the service answers.
#pragma once

#include "options.hpp"

#include <curfew/router.hpp>

#include <memory>

namespace demo {

class own_service;

/// `self`: how handlers call this service; told where it listens before the first request.
curfew::router make_routes(const options& chosen, std::shared_ptr<own_service> self);

}  // namespace demo
